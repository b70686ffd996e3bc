// What a query leaves to its playbook and to the time at which it is asked.
import type { Database } from '@headwater/infra/database'
import { businessClock, type Instant, instantOf, msOf, type PlaybookDefinition, parseDuration } from '@headwater/schema'
import { versionsOfPlaybook } from '../playbooks/queries.ts'
import type { PlaybookVersionRow } from '../playbooks/tables.ts'
import type { Viewer } from '../viewer.ts'
import type { FunnelQuery } from './query.ts'

export class UnknownPlaybook extends Error {
  override readonly name = 'UnknownPlaybook'
  constructor(
    readonly id: string,
    readonly version: number | undefined,
  ) {
    super(version === undefined ? `there is no playbook ${id}` : `playbook ${id} has no version ${version}`)
  }
}

export interface Context {
  /** Those in question, newest first. */
  readonly versions: readonly PlaybookVersionRow[]
  readonly stages: PlaybookDefinition['stages']
  /** What open stays are aged to. */
  readonly now: Instant
  /** The same on the business clock of each version, milliseconds. */
  readonly readings: ReadonlyMap<number, number>
  /** Of buckets. */
  readonly zone: string
  /** Seconds. */
  readonly window: number | undefined
}

/** For a question asked `at` (milliseconds since 1970). @throws UnknownPlaybook */
export async function contextOf(
  db: Database,
  viewer: Viewer,
  query: FunnelQuery,
  at: number = Date.now(),
): Promise<Context> {
  return contextFrom(await versionsOfPlaybook(db, viewer, query.playbook.id), query, at)
}

/** @param published versions of the playbook that the viewer may see, newest first @throws UnknownPlaybook */
export function contextFrom(published: readonly PlaybookVersionRow[], query: FunnelQuery, at: number): Context {
  const { id, version } = query.playbook
  const versions = version === undefined ? published : published.filter((each) => each.version === version)
  const [newest] = versions
  if (!newest) throw new UnknownPlaybook(id, published.length > 0 ? version : undefined)
  const now = query.asOf.businessTime ?? query.asOf.recordedTime ?? instantOf(at)
  return {
    versions,
    stages: stagesInOrder(versions),
    now,
    readings: new Map(versions.map((each) => [each.version, businessClock(each.definition.calendar).at(msOf(now))])),
    zone: query.bucket.zone ?? newest.definition.calendar.zone,
    window: query.conversionWindow === undefined ? undefined : secondsOf(query.conversionWindow),
  }
}

/** Stages of the newest version in its order; one that only older versions have comes after the stage that it followed there. */
function stagesInOrder([newest, ...older]: readonly PlaybookVersionRow[]): PlaybookDefinition['stages'] {
  const stages = [...newest!.definition.stages]
  for (const { definition } of older) {
    definition.stages.forEach((stage, i) => {
      if (stages.some(({ id }) => id === stage.id)) return
      const previous = definition.stages[i - 1]?.id
      stages.splice(stages.findIndex(({ id }) => id === previous) + 1, 0, stage)
    })
  }
  return stages
}

/** A day is 24 hours here. */
function secondsOf(duration: string): number {
  const { days, ms } = parseDuration(duration)
  return days * 86_400 + ms / 1000
}
