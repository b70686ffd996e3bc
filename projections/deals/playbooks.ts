// Published playbook versions never change: what the fold needs of them is kept for the life of the process.
import { type BusinessClock, businessClock, msOf, type PlaybookDefinition, upcast } from '@headwater/schema'
import { LRUCache } from 'lru-cache'
import type { PrepareContext } from '../engine/read-model.ts'

export interface PinnedPlaybook {
  /** Stage → its place, from 0. */
  readonly indexes: ReadonlyMap<string, number>
  /** Reading at an instant; null outside the years that the clock knows. */
  clockAt(instant: string): number | null
}

export type PlaybookRefs = ReadonlyMap<string, PinnedPlaybook>

export const refOf = ({ id, version }: { readonly id: string; readonly version: number }) => `${id}@${version}`

/** From a definition, for tests too. */
export function pinned({ stages, calendar }: Pick<PlaybookDefinition, 'stages' | 'calendar'>): PinnedPlaybook {
  return { indexes: new Map(stages.map(({ id }, i) => [id, i])), clockAt: clockReader(businessClock(calendar)) }
}

function clockReader(clock: BusinessClock) {
  return (instant: string): number | null => {
    try {
      return clock.at(msOf(instant))
    } catch (error) {
      if (error instanceof RangeError) return null
      throw error
    }
  }
}

const cache = new WeakMap<PrepareContext['log'], LRUCache<string, PinnedPlaybook>>()

/** The playbooks of these references, read from their streams where they are not known yet. */
export async function loadPlaybooks(
  refs: Iterable<{ readonly id: string; readonly version: number }>,
  log: PrepareContext['log'],
): Promise<PlaybookRefs> {
  let known = cache.get(log)
  if (!known) {
    known = new LRUCache({ max: 1_000 })
    cache.set(log, known)
  }
  const found = new Map<string, PinnedPlaybook>()
  for (const ref of refs) {
    const name = refOf(ref)
    if (found.has(name)) continue
    const playbook = known.get(name) ?? (await read(log, ref))
    if (!playbook) continue
    known.set(name, playbook)
    found.set(name, playbook)
  }
  return found
}

async function read(log: PrepareContext['log'], { id, version }: { readonly id: string; readonly version: number }) {
  for (const event of await log.readStream(`playbook-${id}`)) {
    const stored = upcast(event)
    if (stored.type === 'PlaybookPublished' && stored.data.version === version)
      return pinned(stored.data.definition as PlaybookDefinition)
  }
  return undefined
}
