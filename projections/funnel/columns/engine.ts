// Funnels from columns kept in memory: the figures of the SQL in `facts.ts`, at a size where SQL takes seconds.
import type { Database } from '@headwater/infra/database'
import type { EventLog } from '@headwater/infra/ports'
import { businessClock, instantOf, msOf } from '@headwater/schema'
import { LRUCache } from 'lru-cache'
import { type Context, contextOf } from '../context.ts'
import type { FunnelQuery } from '../query.ts'
import { Columns } from './columns.ts'
import {
  atVersion,
  changedDeals,
  loadDeals,
  loadRegions,
  nextDeals,
  readVersion,
  sameVersion,
  type Version,
} from './load.ts'
import type { FunnelChanges, Question } from './messages.ts'
import { Panel } from './panel.ts'
import { Scope } from './scope.ts'

export interface FunnelEngineOptions {
  readonly db: Database
  readonly log: EventLog
  /** Told when columns could not be loaded. The next question has it tried again. */
  readonly onError: (error: unknown) => void
}

/** Two bytes a visit and eight a deal each: one for every playbook, past date and conversion window asked for lately. */
const keptScopes = 6
/** Panels asked for lately, and the bytes that they may take. */
const keptPanels = 500
const keptBytes = 384 * 1024 * 1024
/** From so many events on, if they are this share of all deals too, everything is loaded anew. */
const manyEvents = 50_000
const manyShare = 0.5

interface Loaded {
  readonly columns: Columns
  readonly scopes: LRUCache<string, Scope>
  readonly panels: LRUCache<string, Panel>
  version: Version
}

/** Begins to load at once, in the background. */
export class FunnelEngine {
  private loaded: Loaded | undefined
  private loading: Promise<void> | undefined
  private readonly closing = new AbortController()
  /** The columns belong to one job at a time. */
  private job: Promise<unknown> = Promise.resolve()

  constructor(private readonly options: FunnelEngineOptions) {
    this.load()
  }

  /** Of the columns, 0 while there are none; the ids of deals come on top. */
  get bytes(): number {
    return this.loaded?.columns.bytes ?? 0
  }

  /** Settles when no columns are being loaded. */
  async ready(): Promise<void> {
    await this.loading
  }

  /** After it, nothing works in the background any more. */
  async close(): Promise<void> {
    this.closing.abort()
    await this.loading
    await this.job.catch(() => {})
  }

  /**
   * The funnel as of `now` (milliseconds since 1970), unless the query names a date, never older than the read models were when it was
   * asked for. Undefined while columns are loaded, at first or after a rebuild.
   * @throws UnknownPlaybook
   */
  async funnel(question: Question): Promise<FunnelChanges | undefined> {
    const version = this.loaded && (await readVersion(this.options.db.pool))
    const changes = version && (await this.alone(() => this.answer(question, version)))
    if (!changes) this.load()
    return changes
  }

  private alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.job.then(work, work)
    this.job = result.catch(() => {})
    return result
  }

  /** At this version or a later one; undefined where the columns cannot be brought there. */
  private async answer(question: Question, atLeast: Version): Promise<FunnelChanges | undefined> {
    const { viewer, query, now } = question
    const { loaded } = this
    if (!loaded) return undefined
    if (!sameVersion(loaded.version, atLeast) && !(await this.refresh(loaded, manyEvents))) {
      this.loaded = undefined
      return undefined
    }
    const key = JSON.stringify([viewer, query])
    const kept = loaded.panels.get(key)
    const changes = kept && changesOf(kept, question)
    if (changes) return changes
    const context = await contextOf(this.options.db, viewer, query, now)
    const panel = new Panel(loaded.columns, this.scope(loaded, query, context), query, context)
    loaded.panels.set(key, panel)
    return changesOf(panel, question)
  }

  private scope({ columns, scopes }: Loaded, { playbook, asOf }: FunnelQuery, { stages, window }: Context): Scope {
    const options = {
      playbook: playbook.id,
      version: playbook.version,
      stages: stages.map(({ id }) => id),
      businessTime: asOf.businessTime === undefined ? undefined : msOf(asOf.businessTime),
      recordedTime: asOf.recordedTime === undefined ? undefined : msOf(asOf.recordedTime),
      window: window === undefined ? undefined : window * 1000,
    }
    const key = JSON.stringify(options)
    let scope = scopes.get(key)
    if (!scope) {
      scope = new Scope(columns, options)
      scope.derive(0, columns.dealCount)
      scopes.set(key, scope)
    }
    return scope
  }

  /**
   * Brings the columns to the version that the tables are at: deals that have events since are read again. The log says which: in it
   * nothing can be late. False where everything has to be read.
   */
  private refresh(loaded: Loaded, limit: number): Promise<boolean> {
    const { db, log } = this.options
    return atVersion(db, async (client, version) => {
      const { columns, scopes, panels, version: known } = loaded
      if (version.generation !== known.generation) return false
      const events = version.events - known.events
      if (events > limit && events > columns.dealCount * manyShare) return false
      if (version.organisation !== known.organisation) await loadRegions(client, columns)
      if (version.organisation !== known.organisation || version.playbooks !== known.playbooks) scopes.clear()
      const changed = events === 0 ? [] : [...(await changedDeals(log, known.position, version.position))]
      const deals = new Set(changed.flatMap((id) => columns.dealOf(id) ?? []))
      try {
        for (const panel of panels.values()) panel.apply(deals, -1)
        for (const deal of await loadDeals(client, columns, changed)) deals.add(deal)
        for (const scope of scopes.values()) for (const deal of deals) scope.derive(deal, deal + 1)
        for (const panel of panels.values()) panel.apply(deals, 1)
      } catch (error) {
        panels.clear()
        throw error
      }
      if (columns.compact()) scopes.clear()
      loaded.version = version
      return true
    })
  }

  private load(): void {
    if (this.loaded || this.loading || this.closing.signal.aborted) return
    this.loading = this.fill()
      .catch(this.options.onError)
      .finally(() => {
        this.loading = undefined
      })
  }

  /**
   * Page by page, so that no transaction lasts: pages may be of different versions. What has changed since the first one is then
   * read again, at one version.
   */
  private async fill(): Promise<void> {
    const { db } = this.options
    while (!this.closing.signal.aborted) {
      const columns = new Columns()
      const version = await atVersion(db, async (client, version) => {
        await loadRegions(client, columns)
        return version
      })
      let after: string | undefined = ''
      while (after !== undefined && !this.closing.signal.aborted) {
        const last: string = after
        after = await atVersion(db, async (client, { generation }) => {
          const ids = generation === version.generation ? await nextDeals(client, last) : []
          await loadDeals(client, columns, ids)
          return ids.at(-1)
        })
      }
      const loaded = { columns, version, ...keeping() }
      if (this.closing.signal.aborted) return
      if (await this.refresh(loaded, Number.POSITIVE_INFINITY)) {
        this.loaded = loaded
        return
      }
    }
  }
}

/** A panel follows its scope: without it, it is of no use. */
function keeping(): Pick<Loaded, 'scopes' | 'panels'> {
  const panels = new LRUCache<string, Panel>({
    max: keptPanels,
    maxSize: keptBytes,
    sizeCalculation: ({ bytes }) => bytes,
  })
  const scopes = new LRUCache<string, Scope>({
    max: keptScopes,
    dispose: (scope) => {
      for (const [key, panel] of panels.entries()) if (panel.scope === scope) panels.delete(key)
    },
  })
  return { panels, scopes }
}

/** Undefined where the panel does no longer do. */
function changesOf(panel: Panel, { query: { asOf }, now, known }: Question): FunnelChanges | undefined {
  const { context } = panel
  const changes = panel.changes(known?.panel === panel.id ? known.revision : 0)
  if (!changes) return undefined
  const fixed = { ...changes, asOf: { businessTime: context.now, recordedTime: asOf.recordedTime ?? null } }
  if (asOf.businessTime ?? asOf.recordedTime) return fixed
  const passed = [...context.versions].map(
    ({ version, definition }) => businessClock(definition.calendar).at(now) - context.readings.get(version)!,
  )
  // The business clocks of several versions may have gone on differently.
  if (passed.some((each) => each !== passed[0])) return undefined
  return {
    ...fixed,
    older: { to: instantOf(now), calendar: (now - msOf(context.now)) / 1000, business: passed[0]! / 1000 },
  }
}
