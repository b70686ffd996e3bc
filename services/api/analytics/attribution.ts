// Which touches led to success: runs, and what lies behind their numbers.
import type { ModelName } from '@headwater/analytics'
import { type AttributionQuestion, type KnownAt, NothingRecorded, UnknownRun } from '@headwater/application'
import { ForeignPosition } from '@headwater/infra/ports'
import {
  type AttributionRunRow,
  attributionRunById,
  InvalidCursor,
  listAttributionRuns,
  type Page,
  PositionBeyondHead,
} from '@headwater/projections'
import { type Position, refuse } from '@headwater/schema'
import { allowed } from '../authorize.ts'
import type { Context } from '../context.ts'
import { builder } from '../shared/builder.ts'
import { atLeastArg, beFresh } from '../shared/fresh.ts'
import { badInput } from '../shared/global-id.ts'
import { defineMutation } from '../shared/mutation.ts'
import { connection, pageArgs } from '../shared/page.ts'
import { entityResult, shown } from '../shared/result.ts'
import {
  AttributionRunConnection,
  AttributionRunRef,
  ConversionEnum,
  DimensionEnum,
  JourneyConnection,
  ModelEnum,
} from './attribution-types.ts'

const DEFAULT_LOOK_BACK = 90

const found = (context: Context, runId: string): Promise<AttributionRunRow | undefined> =>
  attributionRunById(context.db, context.viewer, runId)

defineMutation('runAttribution', {
  result: entityResult(AttributionRunRef, 'run', found),
  description:
    'Works models out over what the log tells up to a place, and records the run. Sent again under its command id, it is the same run.',
  fields: (t) => ({
    models: t.field({ type: [ModelEnum], required: true, description: 'Which models, side by side.' }),
    conversion: t.field({ type: ConversionEnum, required: true, description: 'What counts as success.' }),
    by: t.field({ type: DimensionEnum, required: true, description: 'By what credit is split.' }),
    from: t.field({ type: 'DateTime', description: 'Only successes of this time or later.' }),
    to: t.field({ type: 'DateTime', description: 'Only successes before this time.' }),
    lookBackDays: t.int({
      description: `Only touches of so many days before a success; ${DEFAULT_LOOK_BACK} where it is left out.`,
    }),
    currency: t.string({ required: true, description: 'Of values and costs; others are left out, and counted.' }),
    halfLifeDays: t.float({ description: 'Time decay; 7 where it is left out.' }),
    weights: t.floatList({ description: 'Position: first, all between, last; `[0.4, 0.2, 0.4]` where left out.' }),
    order: t.int({ description: 'Markov: how many of the last touches are a state; 1 where it is left out.' }),
    position: t.string({ description: 'As the log was there; its end where this and `knownAt` are left out.' }),
    knownAt: t.field({ type: 'DateTime', description: 'As the log was then.' }),
  }),
  run: async (input, envelope, { attribution }) => {
    const { position, knownAt, halfLifeDays, weights, order, lookBackDays, ...rest } = input as RunInput
    const at: KnownAt | undefined =
      position !== undefined ? { position } : knownAt !== undefined ? { recordedAt: knownAt } : undefined
    const settings = {
      ...(halfLifeDays !== undefined && { halfLifeDays }),
      ...(weights && { weights }),
      ...(order !== undefined && { order }),
    }
    const question = { ...rest, settings, lookBackDays: lookBackDays ?? DEFAULT_LOOK_BACK }
    const answer = await attribution.run(question, at, envelope).catch((error: unknown) => {
      const mendable = [NothingRecorded, PositionBeyondHead, ForeignPosition].some((kind) => error instanceof kind)
      if (!mendable) throw error
      return { status: 'refused', refusal: refuse('no-such-position', `${(error as Error).message}.`) } as const
    })
    return shown(answer, answer.status === 'refused' ? '' : answer.runId)
  },
})

type RunInput = Omit<AttributionQuestion, 'settings' | 'lookBackDays'> &
  NonNullable<AttributionQuestion['settings']> & {
    readonly lookBackDays?: number
    readonly position?: Position
    readonly knownAt?: string
  }

/** @throws GraphQLError `BAD_USER_INPUT` */
const answered = <T>(asked: Promise<T>): Promise<T> =>
  asked.catch((error: unknown) => {
    throw error instanceof UnknownRun ? badInput(`${error.message}.`) : error
  })

builder.queryFields((t) => ({
  attributionRun: t.field({
    type: AttributionRunRef,
    nullable: true,
    description: 'A run of attribution; null where there is none. For analysts and headquarters.',
    args: { id: t.arg.id({ required: true, description: 'Its id.' }), atLeast: t.arg(atLeastArg) },
    resolve: async (_, { id, atLeast }, context) => {
      allowed(context.viewer, 'attribution')
      await beFresh(context, atLeast)
      return found(context, id)
    },
  }),
  attributionRuns: t.field({
    type: AttributionRunConnection,
    description: 'Runs of attribution, newest first. For analysts and headquarters.',
    args: { ...pageArgs(t.arg), atLeast: t.arg(atLeastArg) },
    resolve: async (_, { atLeast, ...page }, context) => {
      allowed(context.viewer, 'attribution')
      await beFresh(context, atLeast)
      return connection(page, (request) => listAttributionRuns(context.db, context.viewer, request))
    },
  }),
  attributionJourneys: t.field({
    type: JourneyConnection,
    description: 'The journeys behind a number of a run, in order of their successes. For analysts and headquarters.',
    args: {
      ...pageArgs(t.arg),
      run: t.arg.id({ required: true, description: 'The run.' }),
      model: t.arg({ type: ModelEnum, required: true, description: 'The model whose number it is.' }),
      key: t.arg.string({ required: true, description: 'The row: a channel, campaign, content or rep.' }),
    },
    resolve: async (_, { run, model, key, ...page }, context) => {
      allowed(context.viewer, 'attribution')
      const all = await answered(context.attribution.journeys(run, model satisfies ModelName, key))
      return connection(page, async (request) => pageOfAll(all, request))
    },
  }),
}))

/** A run's journeys never change, so a place in the list is a cursor. @throws InvalidCursor */
function pageOfAll<T>(all: readonly T[], { first, after }: { first: number; after?: string }): Page<T> {
  if (after !== undefined && !/^\d{1,9}$/.test(after)) throw new InvalidCursor(after)
  const start = after === undefined ? 0 : Number(after) + 1
  return {
    edges: all.slice(start, start + first).map((node, i) => ({ cursor: String(start + i), node })),
    hasNextPage: all.length > start + first,
  }
}
