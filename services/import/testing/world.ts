// A log, keys and deciders on a database of one's own, for integration specs.
import { randomBytes } from 'node:crypto'
import { type Application, createApplication } from '@headwater/application'
import { openPostgresEventLog } from '@headwater/infra/event-log'
import { openKeyVault } from '@headwater/infra/keys'
import type { EventLog } from '@headwater/infra/ports'
import { freshDatabase } from '@headwater/infra/testing'
import { decodeEvent, type OpenedEvent, subjectsOfRecorded } from '@headwater/schema'

export interface World {
  readonly application: Application
  /** Another application on the same database, whose log is changed. */
  over(change: (log: EventLog) => EventLog): Application
  /** Position of the last event. */
  head(): Promise<string | undefined>
  /** The whole log, opened. */
  events(): Promise<OpenedEvent[]>
  close(): Promise<void>
}

export async function openWorld(): Promise<World> {
  const db = await freshDatabase()
  const log = await openPostgresEventLog(db)
  const vault = await openKeyVault(db, { masterKey: randomBytes(32) })
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
    async close() {
      await log.close()
      await db.drop()
    },
  }
}
