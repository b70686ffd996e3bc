// Columns with what has been derived from them.
import { businessClock, instantOf, msOf } from '@headwater/schema'
import { LRUCache } from 'lru-cache'
import type { PlaybookVersionRow } from '../../playbooks/tables.ts'
import type { Context } from '../context.ts'
import { FunnelQuery, type FunnelQueryInput } from '../query.ts'
import { type Columns, placeOf } from './columns.ts'
import { Kept } from './kept.ts'
import type { Version } from './load.ts'
import type { FunnelChanges, Question } from './messages.ts'
import type { Panel } from './panel.ts'
import type { Scope } from './scope.ts'

/** Two bytes a visit and eight a deal each: one for every playbook, past date and conversion window asked for lately. */
const keptScopes = 6
/** Pairs of viewer and playbook. */
const keptVersions = 1_000
/** Of panels. */
const keptBytes = 512 * 1024 * 1024
/** What a panel counts for at least: each takes time to follow. */
export const leastBytes = keptBytes / 500

export interface KeptPanel {
  readonly panel: Panel
  /** Without what is known to whoever asked. */
  readonly question: Omit<Question, 'known'>
  /** When it was last asked for; milliseconds since 1970. */
  asked: number
  /** Milliseconds that it took. */
  readonly cost: number
  readonly bytes: number
}

export interface Loaded {
  readonly columns: Columns
  readonly scopes: LRUCache<string, Scope>
  readonly panels: Kept<KeptPanel>
  /** Of playbooks, by viewer. */
  readonly versionsOf: LRUCache<string, readonly PlaybookVersionRow[]>
  version: Version
}

/** A panel follows its scope: without it, it is of no use. */
export function keeping(): Pick<Loaded, 'scopes' | 'panels' | 'versionsOf'> {
  const panels = new Kept<KeptPanel>(keptBytes)
  const scopes = new LRUCache<string, Scope>({
    max: keptScopes,
    dispose: (scope) => {
      for (const [key, { panel }] of panels) if (panel.scope === scope) panels.delete(key)
    },
  })
  return { panels, scopes, versionsOf: new LRUCache({ max: keptVersions }) }
}

/** Whoever may see the same versions of the playbook is given the same figures. */
export const keyOf = ({ query }: Question, { versions }: Context) =>
  JSON.stringify([versions.map(({ version }) => version), query])

/** Undefined where the panel does no longer do. */
export function changesOf(panel: Panel, { query: { asOf }, now, known }: Question): FunnelChanges | undefined {
  const { context } = panel
  const changes = panel.changes(known?.panel === panel.id ? known.revision : 0)
  if (!changes) return undefined
  const fixed = {
    ...changes,
    stages: context.stages,
    asOf: { businessTime: context.now, recordedTime: asOf.recordedTime ?? null },
  }
  if (asOf.businessTime ?? asOf.recordedTime) return fixed
  const passed = [...context.versions].map(
    ({ version, definition }) => businessClock(definition.calendar).at(now) - context.readings.get(version)!,
  )
  // The business clocks of several versions may have gone on differently.
  if (passed.some((each) => each !== passed[0])) return undefined
  return {
    ...fixed,
    asOf: { businessTime: instantOf(now), recordedTime: null },
    older: { calendar: (now - msOf(context.now)) / 1000, business: passed[0]! / 1000 },
  }
}

/** What any dashboard begins with. */
const atStart: Omit<FunnelQueryInput, 'playbook'>[] = [
  {},
  { groupBy: ['channel'] },
  { groupBy: ['region'] },
  { groupBy: ['bucket'], bucket: { unit: 'month' } },
]

/** Of the playbooks that most visits are of. */
export function questionsAtStart({ names, visits, visitCount }: Columns): FunnelQuery[] {
  const visitsOf = new Map<string, number>()
  const byPlace = new Int32Array(names.place.size)
  for (let visit = 0; visit < visitCount; visit++) byPlace[visits.place[visit]!]!++
  for (const [place, count] of byPlace.entries()) {
    const { playbook } = placeOf(names.place.values[place]!)
    visitsOf.set(playbook, (visitsOf.get(playbook) ?? 0) + count)
  }
  const largest = [...visitsOf].sort(([, a], [, b]) => b - a).slice(0, keptScopes / 2)
  return largest.flatMap(([id]) => atStart.map((each) => FunnelQuery.parse({ ...each, playbook: { id } })))
}
