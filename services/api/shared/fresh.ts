// Read your own writes: a query may ask to be at least as fresh as a command's answer.
import { Id } from '@headwater/schema'
import type { Context, StreamRevision } from '../context.ts'
import { builder } from './builder.ts'
import { badInput } from './global-id.ts'

export const AtLeast = builder.inputType('AtLeast', {
  description:
    'How fresh the answer must be: at least up to this revision of this stream, as a mutation answered. The query waits for it, and fails with the code `NOT_YET` if the read models do not get there in time.',
  fields: (t) => ({
    stream: t.string({ required: true, description: 'The stream, such as `deal-D-1`.' }),
    revision: t.int({ required: true, description: 'The revision of its event, from 0.' }),
  }),
})

/** The argument of a query field. */
export const atLeastArg = { type: AtLeast, description: 'Wait until the answer is at least this fresh.' } as const

/** @throws GraphQLError `NOT_YET`, `BAD_USER_INPUT` */
export async function beFresh(context: Context, atLeast: StreamRevision | null | undefined): Promise<void> {
  if (!atLeast) return
  if (
    !shown.some((category) => atLeast.stream.startsWith(`${category}-`)) ||
    !Id.safeParse(streamPart(atLeast)).success
  ) {
    throw badInput(`"${atLeast.stream}" is not a stream that queries show, such as deal-D-1.`)
  }
  await context.beAt(atLeast)
}

/** The kinds of streams that read models show. */
const shown = [
  'organisation',
  'playbook',
  'visitor',
  'lead',
  'customer',
  'deal',
  'contract',
  'plan',
  'ledger',
  'coachingCase',
  'attribution',
]
const streamPart = ({ stream }: StreamRevision) => stream.slice(stream.indexOf('-') + 1)
