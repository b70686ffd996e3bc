// A log, keys and deciders on a database of one's own, for integration specs.
import { randomBytes } from 'node:crypto'
import { openPostgresEventLog } from '@headwater/infra/event-log'
import { openKeyVault } from '@headwater/infra/keys'
import { freshDatabase } from '@headwater/infra/testing'
import { type OrganisationState, organisation, placementAt } from '@headwater/organisation'
import { deal, lead, playbook } from '@headwater/sales'
import { decodeEvent, type OpenedEvent, subjectsOfRecorded } from '@headwater/schema'
import { openShell, type ShellOptions } from '@headwater/shell'
import type { ImportTarget } from '../index.ts'

export interface World {
  readonly target: ImportTarget
  /** The whole log, opened. */
  events(): Promise<OpenedEvent[]>
  close(): Promise<void>
}

export async function openWorld(): Promise<World> {
  const db = await freshDatabase()
  const log = await openPostgresEventLog(db)
  const vault = await openKeyVault(db, { masterKey: randomBytes(32) })
  const options: ShellOptions = {
    log,
    vault,
    aggregates: [lead, deal, playbook, organisation],
    lookups: {
      placement: async (input, read) => {
        const { repId, at } = input as { repId: string; at: string }
        return placementAt((await read('organisation', 'main')) as OrganisationState, repId, at)
      },
      duplicates: async () => [],
    },
  }
  return {
    target: { shell: openShell(options), options },
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
