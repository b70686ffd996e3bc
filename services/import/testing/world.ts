// An application over a log, and what came to be in it, for integration specs.
import { type Application, createApplication } from '@headwater/application'
import type { EventLog, KeyVault } from '@headwater/infra/ports'
import { decodeEvent, type OpenedEvent, subjectsOfRecorded } from '@headwater/schema'

export interface World {
  readonly application: Application
  /** Another application on the same log, which is changed for it. */
  over(change: (log: EventLog) => EventLog): Application
  /** Position of the last event. */
  head(): Promise<string | undefined>
  /** The whole log, opened. */
  events(): Promise<OpenedEvent[]>
}

export function openWorld(log: EventLog, vault: KeyVault): World {
  const open = (eventLog: EventLog) =>
    createApplication({ log: eventLog, vault, leadLookup: { findDuplicates: async () => [] } })
  return {
    application: open(log),
    over: (change) => open(change(log)),
    head: () => log.head(),
    async events() {
      const events: OpenedEvent[] = []
      for await (const batch of log.readAll()) {
        const keys = await vault.find([...new Set(batch.events.flatMap(subjectsOfRecorded))])
        events.push(...batch.events.map((event) => decodeEvent(event, keys)))
      }
      return events
    },
  }
}
