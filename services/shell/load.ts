// From a stream to a state.
import type { EventLog, KeyVault } from '@headwater/infra/ports'
import {
  type Dated,
  type DomainEvent,
  decodeEvent,
  type EventMeta,
  eventCategories,
  type OpenedEvent,
  type Position,
  type RecordedEvent,
  type SubjectKeys,
  subjectsOfRecorded,
} from '@headwater/schema'
import { WrongStreamKind } from './errors.ts'
import type { Foldable, Loaded } from './types.ts'

/** A stream as it was read. */
export interface LoadedStream<State> extends Loaded<State> {
  /** Of the last event. */
  readonly position: Position | undefined
  readonly events: readonly OpenedEvent[]
}

/** A stream as it is before its first event. */
export const unwritten = <State>({ initialState }: Foldable<State>): LoadedStream<State> => ({
  ...{ state: initialState, revision: -1, position: undefined, events: [] },
})

/** Reads, opens and folds a stream. @throws WrongStreamKind, UnreadableEvent, SealBroken */
export async function loadStream<State>(
  log: Pick<EventLog, 'readStream'>,
  vault: Pick<KeyVault, 'find'>,
  aggregate: Foldable<State>,
  stream: string,
): Promise<LoadedStream<State>> {
  const recorded = await log.readStream(stream)
  const subjects = new Set(recorded.flatMap(subjectsOfRecorded))
  const keys: SubjectKeys = subjects.size ? await vault.find([...subjects]) : new Map()
  const events = foldable(recorded, aggregate.category, keys)
  const { state, revision } = foldOnto({ state: aggregate.initialState, revision: -1 }, aggregate, events)
  return { state, revision, position: recorded.at(-1)?.position, events }
}

/** Opened events, all of the right kind of stream. @throws WrongStreamKind, UnreadableEvent, SealBroken */
export function foldable(recorded: readonly RecordedEvent[], category: string, keys: SubjectKeys): OpenedEvent[] {
  return recorded.map((event) => {
    const opened = decodeEvent(event, keys)
    const belongs = eventCategories.get(opened.type)!
    if (belongs !== category) throw new WrongStreamKind(opened.stream, opened.type, belongs)
    return opened
  })
}

export function foldOnto<State>(
  { state, revision }: Loaded<State>,
  aggregate: Foldable<State>,
  events: readonly OpenedEvent[],
): Loaded<State> {
  return {
    state: events.reduce((before, event) => aggregate.evolve(before, dated(event, event.meta) as never), state),
    revision: events.at(-1)?.revision ?? revision,
  }
}

/** An event as `evolve` takes it. */
export const dated = ({ type, data }: DomainEvent, { occurredAt, actor }: Pick<EventMeta, 'occurredAt' | 'actor'>) =>
  ({ type, data, occurredAt, actor }) as Dated<DomainEvent>
