// Funnels from columns kept in memory: the figures of the SQL in `facts.ts`, at a size where SQL takes seconds.
import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Database } from '@headwater/infra/database'
import type { EventLog } from '@headwater/infra/ports'
import { msOf } from '@headwater/schema'
import { versionsOfPlaybook } from '../../playbooks/queries.ts'
import { type Context, contextFrom } from '../context.ts'
import type { FunnelQuery } from '../query.ts'
import { Columns } from './columns.ts'
import {
  atVersion,
  changedDeals,
  loadDeals,
  loadPage,
  loadRegions,
  readVersion,
  sameVersion,
  type Version,
} from './load.ts'
import { changesOf, keeping, keyOf, type Loaded, leastBytes, questionsAtStart } from './loaded.ts'
import type { FunnelChanges, Question } from './messages.ts'
import { Panel } from './panel.ts'
import { Scope } from './scope.ts'

export interface FunnelEngineOptions {
  readonly db: Database
  readonly log: EventLog
  /** Told when columns could not be loaded. The next question has it tried again. */
  readonly onError: (error: unknown) => void
}

/** From so many events on, if they are this share of all deals too, everything is loaded anew. */
const manyEvents = 50_000
const manyShare = 0.5

/** While there were questions so many milliseconds ago, and for panels asked for since then, work is done ahead of the next one. */
const lately = 10 * 60_000
/** Milliseconds between two looks whether there is any. */
const lookEvery = 50
/** Milliseconds: a panel that takes less is computed when it is asked for. */
const wide = 5
const system = { id: 'headwater', role: 'system' }

/** Begins to load at once, in the background. */
export class FunnelEngine {
  private loaded: Loaded | undefined
  private loading: Promise<void> | undefined
  private readonly closing = new AbortController()
  /** The columns belong to one job at a time. */
  private job: Promise<unknown> = Promise.resolve()
  /** Questions that wait for their answer: what is done ahead lets them go first. */
  private waiting = 0
  /** When the last question came; milliseconds since 1970. */
  private asked = Number.NEGATIVE_INFINITY
  private readonly ahead: Promise<void>

  constructor(private readonly options: FunnelEngineOptions) {
    this.load()
    this.ahead = this.stayAhead()
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
    await this.ahead
    await this.job.catch(() => {})
  }

  /**
   * The funnel as of `now` (milliseconds since 1970), unless the query names a date, never older than the read models were when it was
   * asked for. Undefined while columns are loaded, at first or after a rebuild.
   * @throws UnknownPlaybook
   */
  async funnel(question: Question): Promise<FunnelChanges | undefined> {
    this.waiting++
    this.asked = Date.now()
    try {
      const version = this.loaded && (await readVersion(this.options.db.pool))
      const changes = version && (await this.alone(() => this.answer(question, version)))
      if (!changes) this.load()
      return changes
    } finally {
      this.waiting--
    }
  }

  private alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.job.then(work, work)
    this.job = result.catch(() => {})
    return result
  }

  /** At this version or a later one; undefined where the columns cannot be brought there. */
  private async answer(question: Question, atLeast: Version): Promise<FunnelChanges | undefined> {
    const { loaded } = this
    if (!loaded || !(await this.bringTo(loaded, atLeast))) return undefined
    const context = await this.contextOf(loaded, question)
    const key = keyOf(question, context)
    const kept = loaded.panels.get(key)
    const changes = kept && changesOf(kept.panel, question)
    if (changes) {
      kept.asked = this.asked
      return changes
    }
    return changesOf(this.compute(loaded, key, question, context), question)
  }

  /** To this version or a later one. False where that takes reading everything: then nothing is loaded any more. */
  private async bringTo(loaded: Loaded, atLeast: Version): Promise<boolean> {
    const done = sameVersion(loaded.version, atLeast) || (await this.refresh(loaded, manyEvents))
    if (!done && this.loaded === loaded) this.loaded = undefined
    return done
  }

  private async contextOf({ versionsOf }: Loaded, { viewer, query, now }: Question): Promise<Context> {
    const key = JSON.stringify([viewer, query.playbook.id])
    const known = versionsOf.get(key)
    const versions = known ?? (await versionsOfPlaybook(this.options.db, viewer, query.playbook.id))
    // Newer than the columns, perhaps: they notice that with the next question, and all of these are read again.
    if (!known) versionsOf.set(key, versions)
    return contextFrom(versions, query, now)
  }

  private compute(loaded: Loaded, key: string, { viewer, query, now }: Question, context: Context): Panel {
    const start = performance.now()
    const panel = new Panel(loaded.columns, this.scope(loaded, query, context), query, context)
    const cost = performance.now() - start
    const bytes = Math.max(leastBytes, panel.bytes)
    loaded.panels.set(key, { panel, question: { viewer, query, now }, asked: this.asked, cost, bytes })
    return panel
  }

  /** So that the next question finds what it needs: as long as there are some, columns follow the tables and wide panels the columns. */
  private async stayAhead(): Promise<void> {
    const { signal } = this.closing
    while (!signal.aborted) {
      await setTimeout(lookEvery, undefined, { signal }).catch(() => {})
      const { loaded } = this
      if (!loaded || this.waiting > 0 || Date.now() - this.asked > lately) continue
      await this.goAhead(loaded).catch(() => {
        // The next question meets it too, and can say so.
        this.asked = Number.NEGATIVE_INFINITY
      })
    }
  }

  private async goAhead(loaded: Loaded): Promise<void> {
    const version = await readVersion(this.options.db.pool)
    if (!(await this.alone(() => this.bringTo(loaded, version)))) return this.load()
    for (const [key, { panel, question, asked, cost }] of loaded.panels) {
      if (cost < wide || Date.now() - asked > lately || panel.isFit()) continue
      await setImmediate()
      if (this.waiting > 0 || this.loaded !== loaded || this.closing.signal.aborted) return
      await this.alone(() => this.renew(loaded, key, question))
    }
  }

  /** In the place of one that has lost what it needs. */
  private async renew(loaded: Loaded, key: string, question: Question): Promise<void> {
    const current = { ...question, now: Date.now() }
    const context = await this.contextOf(loaded, current)
    if (keyOf(current, context) === key) this.compute(loaded, key, current, context)
    else loaded.panels.delete(key)
  }

  /** Computes what is asked at first, before there is anybody to ask. */
  private async begin(loaded: Loaded): Promise<void> {
    for (const query of questionsAtStart(loaded.columns)) {
      if (this.closing.signal.aborted) return
      const question = { viewer: system, query, now: Date.now() }
      const context = await this.contextOf(loaded, question)
      this.compute(loaded, keyOf(question, context), question, context)
    }
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
      if (version.playbooks !== known.playbooks) loaded.versionsOf.clear()
      if (version.organisation !== known.organisation || version.playbooks !== known.playbooks) scopes.clear()
      const changed = events === 0 ? [] : [...(await changedDeals(log, known.position, version.position))]
      const deals = new Set(changed.flatMap((id) => columns.dealOf(id) ?? []))
      try {
        for (const [, { panel }] of panels) panel.apply(deals, -1)
        for (const deal of await loadDeals(client, columns, changed)) deals.add(deal)
        for (const scope of scopes.values()) for (const deal of deals) scope.derive(deal, deal + 1)
        for (const [, { panel }] of panels) panel.apply(deals, 1)
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
        after = await atVersion(db, async (client, { generation }) =>
          generation === version.generation ? loadPage(client, columns, last) : undefined,
        )
      }
      const loaded = { columns, version, ...keeping() }
      if (this.closing.signal.aborted) return
      if (await this.refresh(loaded, Number.POSITIVE_INFINITY)) {
        await this.begin(loaded)
        this.loaded = loaded
        return
      }
    }
  }
}
