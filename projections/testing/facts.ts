// Writes events straight into a log: for specs of read models, which do not care how events came to be decided.
import type { EventLog } from '@headwater/infra/ports'
import { type DomainEvent, deriveId, encodeEvent, type Instant, type NewEvent, streamId } from '@headwater/schema'

/** An event with its stream and business time. */
export interface Fact {
  readonly stream: string
  readonly at: Instant
  readonly event: DomainEvent
  /** Default: the id of the stream. */
  readonly caseId?: string
}

/** In stored form; `keys` where there are personal fields. */
export function stored(
  { stream, at, event, caseId }: Fact,
  id: string,
  keys: ReadonlyMap<string, Buffer> = new Map(),
): NewEvent {
  const meta = {
    occurredAt: at,
    actor: { id: 'spec', role: 'system' },
    caseId: caseId ?? streamId(stream),
    commandId: id,
    correlationId: id,
    causationId: id,
  }
  return encodeEvent(event, meta, id, keys)
}

/**
 * Appends facts in their order, with ids that depend on `name` and place only. Runs of facts of one stream are one append; with
 * `together`, all facts of a stream are.
 */
export async function record(
  log: EventLog,
  name: string,
  facts: readonly Fact[],
  { keys = new Map(), together = false }: { keys?: ReadonlyMap<string, Buffer>; together?: boolean } = {},
): Promise<void> {
  const runs: { stream: string; events: NewEvent[] }[] = []
  const byStream = new Map<string, NewEvent[]>()
  for (const [i, fact] of facts.entries()) {
    const event = stored(fact, deriveId(name, `${i}`), keys)
    const last = together ? byStream.get(fact.stream) : runs.at(-1)?.stream === fact.stream && runs.at(-1)?.events
    if (last) {
      last.push(event)
      continue
    }
    const events = [event]
    byStream.set(fact.stream, events)
    runs.push({ stream: fact.stream, events })
  }
  if (together) await Promise.all(runs.map(({ stream, events }) => log.append(stream, events, { expected: 'any' })))
  else for (const { stream, events } of runs) await log.append(stream, events, { expected: 'any' })
}
