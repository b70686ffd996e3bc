// Commands that somebody gives, by name: who prepares may not approve.
import { newId } from '@headwater/schema'
import type { Answer, CommandEnvelope } from '@headwater/shell'
import type { Json } from '../answer.ts'
import { Failure } from '../terminal/failure.ts'

export interface ActingOptions extends Json {
  readonly as: string
  readonly role: string
}

export const envelopeOf = ({ as: id, role }: ActingOptions): CommandEnvelope => ({
  commandId: newId(),
  actor: { id, role },
})

/** @throws Failure where it was refused */
export function granted<A extends Answer>(answer: A): Exclude<A, { readonly status: 'refused' }> {
  if (answer.status === 'refused') throw new Failure(answer.refusal.message)
  return answer as Exclude<A, { readonly status: 'refused' }>
}
