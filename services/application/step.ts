// Use cases over several streams: one command after the other. Each step has an id of its own that follows from the use case's, so
// that sending the whole again completes what a crash left undone, and repeats nothing.
import { deriveId } from '@headwater/schema'
import type { Accepted, AnyAggregate, CommandEnvelope, Item, Refused, Shell } from '@headwater/shell'

export interface Step extends Item {
  readonly name: string
  readonly aggregate: AnyAggregate
  readonly id: string
}

/** Which step was refused; those before it, which were carried out, are `done`: the case ends half-way only where that is not empty. */
export interface StepRefused<Name extends string> extends Refused {
  readonly step: Name
  readonly done: readonly Name[]
}

/** What was done, by the names of the steps. */
export type StepsAnswer<Name extends string> =
  | { readonly status: 'accepted'; readonly steps: Readonly<Partial<Record<Name, Accepted>>> }
  | StepRefused<Name>

/** The envelope of a further step. */
export function stepEnvelope(envelope: CommandEnvelope, name: string): CommandEnvelope {
  const { commandId, correlationId = commandId } = envelope
  return { ...envelope, commandId: deriveId(commandId, name), correlationId, causationId: commandId }
}

/**
 * Carries the steps out in order. Each is tried first without writing, so that one which must be refused stops the whole before it has
 * begun; only what changes between the two can still stop it half-way.
 */
export async function carryOut<Name extends string>(
  shell: Shell,
  steps: readonly (Step & { readonly name: Name })[],
): Promise<StepsAnswer<Name>> {
  for (const { name, aggregate, id, command, envelope } of steps) {
    const answer = await shell.preview(aggregate, id, command, envelope)
    if (answer.status === 'refused') return { ...answer, step: name, done: [] }
  }
  const done: [Name, Accepted][] = []
  for (const { name, aggregate, id, command, envelope } of steps) {
    const answer = await shell.execute(aggregate, id, command, envelope)
    if (answer.status === 'refused') return { ...answer, step: name, done: done.map(([before]) => before) }
    done.push([name, answer])
  }
  return { status: 'accepted', steps: Object.fromEntries(done) as Partial<Record<Name, Accepted>> }
}
