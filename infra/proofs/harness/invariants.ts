// What must hold of a system whatever was done to it.
import type { EventLog } from '@headwater/infra/ports'
import { dumpTables, readModels, rebuild } from '@headwater/projections'
import type { Headwater } from '@headwater/runtime'
import type { Position, RecordedEvent } from '@headwater/schema'
import type { Written } from './worker.ts'

/** What was acknowledged, by the id of the command. */
export type Acknowledged = ReadonlyMap<string, readonly Written[]>

export async function everything(log: EventLog): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = []
  for await (const batch of log.readAll()) events.push(...batch.events)
  return events
}

export function logViolations(events: readonly RecordedEvent[], acknowledged: Acknowledged): string[] {
  const found: string[] = []
  const streams = new Map<string, RecordedEvent[]>()
  const commands = new Map<string, RecordedEvent[]>()
  const ids = new Set<string>()
  let recordedAt = ''
  events.forEach((event, i) => {
    const { position, stream, revision, id, meta } = event
    if (Number(position) !== i + 1) found.push(`position ${position} where ${i + 1} should be`)
    if (event.recordedAt < recordedAt) found.push(`position ${position} was recorded before the one ahead of it`)
    if (ids.has(id)) found.push(`event ${id} is there twice`)
    const before = append(streams, stream, event)
    if (revision !== before) found.push(`${stream}: revision ${revision} where ${before} should be`)
    append(commands, meta.commandId, event)
    recordedAt = event.recordedAt
    ids.add(id)
  })
  // One effect: all that a command wrote was written at once.
  for (const [commandId, written] of commands)
    if (Number(written.at(-1)!.position) - Number(written[0]!.position) !== written.length - 1)
      found.push(`command ${commandId} was carried out more than once`)
  for (const [commandId, parts] of acknowledged)
    for (const { stream, revision, count } of parts) {
      const last = streams.get(stream)?.[revision]
      const its = last && [last.meta.commandId, last.meta.causationId].includes(commandId)
      if (!its) found.push(`command ${commandId} was acknowledged, and is not at revision ${revision} of ${stream}`)
      else if (commands.get(last.meta.commandId)!.length !== count)
        found.push(`command ${commandId} was acknowledged with ${count} events in ${stream}, and has others`)
    }
  return found
}

/** Read models brought up to date from where they were must be those of a replay from zero. */
export async function readModelViolations(headwater: Headwater): Promise<string[]> {
  const { db } = headwater
  await headwater.readModels.catchUp()
  const found: string[] = []
  for (const model of readModels) {
    const live = await dumpTables(db, model)
    await rebuild(headwater, model)
    const replayed = await dumpTables(db, model)
    for (const [table, rows] of Object.entries(replayed))
      if (JSON.stringify(live[table]) !== JSON.stringify(rows))
        found.push(`${table} differs from a replay: ${live[table]!.length} rows, replayed ${rows.length}`)
  }
  return found
}

/** Adds to a list; its length before. */
function append<T>(lists: Map<string, T[]>, key: string, item: T): number {
  const list = lists.get(key)
  if (list) return list.push(item) - 1
  lists.set(key, [item])
  return 0
}

/** Follows what a subscription brings over several lives of its process: everything, in order, once per life. */
export class Subscriber {
  /** Where its next life goes on. */
  position: Position | undefined
  readonly violations: string[] = []
  private readonly lastIds = new Map<number, string>()

  hear({ positions, lastId }: { readonly positions: readonly Position[]; readonly lastId: string }): void {
    for (const position of positions) {
      const wanted = Number(this.position ?? 0) + 1
      if (Number(position) !== wanted) this.violations.push(`the subscriber saw ${position}, and should ${wanted}`)
      this.position = position
    }
    this.lastIds.set(Number(this.position), lastId)
  }

  /** What it saw must be what is in the log. */
  compare(events: readonly RecordedEvent[]): string[] {
    const taken = [...this.lastIds].filter(([position, id]) => events[position - 1]?.id !== id)
    return [
      ...this.violations.splice(0),
      ...taken.map(([position]) => `position ${position} is not what a subscriber saw`),
    ]
  }
}
