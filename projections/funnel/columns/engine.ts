// Funnels from columns kept in memory: the figures of the SQL in `facts.ts`, at a size where SQL takes seconds.
import type { Database } from '@headwater/infra/database'
import type { EventLog } from '@headwater/infra/ports'
import { businessClock, instantOf, msOf } from '@headwater/schema'
import { LRUCache } from 'lru-cache'
import type { Viewer } from '../../viewer.ts'
import { type Context, contextOf } from '../context.ts'
import { funnel } from '../funnel.ts'
import { FunnelQuery, type FunnelQueryInput, type FunnelResult } from '../query.ts'
import { Columns } from './columns.ts'
import { compute } from './compute.ts'
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
import { rebase } from './rebase.ts'
import { Scope } from './scope.ts'

export interface FunnelColumns {
  /**
   * Answers as the `funnel` of SQL does, never older than the read models were when it was asked. Until the columns are loaded, and
   * while they are loaded anew after a rebuild, SQL answers.
   * @throws UnknownPlaybook
   */
  funnel(viewer: Viewer, query: FunnelQueryInput): Promise<FunnelResult>
  /** Settles when no columns are being loaded. */
  ready(): Promise<void>
  /** Of the columns, 0 while there are none; the ids of deals come on top. */
  readonly bytes: number
  /** After it, nothing works in the background any more. */
  close(): Promise<void>
}

export interface FunnelColumnsOptions {
  readonly db: Database
  readonly log: EventLog
  /** Told when columns could not be loaded. SQL answers, and the next question has it tried again. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** Whatever version they are of: older ones are pushed out. */
const keptAnswers = 500
/** Two bytes a visit each: one for every playbook, past date and conversion window asked for lately. */
const keptScopes = 6
/** From so many events on, if they are this share of all deals too, everything is loaded anew. */
const manyEvents = 50_000
const manyShare = 0.5

interface Loaded {
  readonly columns: Columns
  readonly scopes: LRUCache<string, Scope>
  version: Version
}

interface Answer {
  readonly result: FunnelResult
  readonly context: Context
}

/** Begins to load at once, in the background. */
export function openFunnelColumns(options: FunnelColumnsOptions): FunnelColumns {
  return new Engine(options)
}

class Engine implements FunnelColumns {
  private loaded: Loaded | undefined
  private loading: Promise<void> | undefined
  private readonly answers = new LRUCache<string, Promise<Answer | undefined>>({ max: keptAnswers })
  private readonly closing = new AbortController()
  /** The columns belong to one job at a time. */
  private job: Promise<unknown> = Promise.resolve()

  constructor(private readonly options: FunnelColumnsOptions) {
    this.load()
  }

  get bytes(): number {
    return this.loaded?.columns.bytes ?? 0
  }

  async ready(): Promise<void> {
    await this.loading
  }

  async close(): Promise<void> {
    this.closing.abort()
    await this.loading
    await this.job.catch(() => {})
  }

  async funnel(viewer: Viewer, input: FunnelQueryInput): Promise<FunnelResult> {
    const query = FunnelQuery.parse(input)
    const { db } = this.options
    if (this.loaded) {
      const version = await readVersion(db.pool)
      const key = JSON.stringify([version.deals, version.organisation, version.playbooks, viewer, query])
      const kept = await this.answers.get(key)
      const result = kept && asOfNow(kept, query)
      if (result) return result
      const found = await this.keep(
        key,
        this.alone(() => this.answer(viewer, query, version)),
      )
      if (found) return found.result
    }
    this.load()
    return funnel(db, viewer, query)
  }

  /** Keeps an answer, unless there is none. Whoever asks the same meanwhile waits for it. */
  private async keep(key: string, answer: Promise<Answer | undefined>): Promise<Answer | undefined> {
    this.answers.set(key, answer)
    let found: Answer | undefined
    try {
      found = await answer
    } finally {
      if (!found && this.answers.peek(key) === answer) this.answers.delete(key)
    }
    return found
  }

  private alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.job.then(work, work)
    this.job = result.catch(() => {})
    return result
  }

  /** At this version or a later one; undefined where the columns cannot be brought there. */
  private async answer(viewer: Viewer, query: FunnelQuery, atLeast: Version): Promise<Answer | undefined> {
    const { loaded } = this
    if (!loaded) return undefined
    if (!sameVersion(loaded.version, atLeast) && !(await this.refresh(loaded, manyEvents))) {
      this.loaded = undefined
      return undefined
    }
    const context = await contextOf(this.options.db, viewer, query)
    const { asOf, playbook } = query
    const groups = await compute(loaded.columns, this.scope(loaded, query, context), query, context)
    const result = {
      playbook: { id: playbook.id, version: playbook.version ?? null },
      asOf: { businessTime: context.now, recordedTime: asOf.recordedTime ?? null },
      groups,
    }
    return { result, context }
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
      const { columns, scopes, version: known } = loaded
      if (version.generation !== known.generation) return false
      const events = version.events - known.events
      if (events > limit && events > columns.dealCount * manyShare) return false
      if (version.organisation !== known.organisation) await loadRegions(client, columns)
      if (version.organisation !== known.organisation || version.playbooks !== known.playbooks) scopes.clear()
      const changed = events === 0 ? [] : [...(await changedDeals(log, known.position, version.position))]
      const numbers = await loadDeals(client, columns, changed)
      for (const scope of scopes.values()) for (const deal of numbers) scope.derive(deal, deal + 1)
      if (columns.compact()) scopes.clear()
      loaded.version = version
      return true
    })
  }

  private load(): void {
    if (this.loaded || this.loading || this.closing.signal.aborted) return
    this.loading = this.fill()
      .catch((error: unknown) => this.options.onError?.(error))
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
      const loaded = { columns, version, scopes: new LRUCache<string, Scope>({ max: keptScopes }) }
      if (this.closing.signal.aborted) return
      if (await this.refresh(loaded, Number.POSITIVE_INFINITY)) {
        this.loaded = loaded
        return
      }
    }
  }
}

/** A kept answer, with open stays as old as they are now; undefined where the business clocks of several versions went on differently. */
function asOfNow({ result, context }: Answer, { asOf }: FunnelQuery): FunnelResult | undefined {
  if (asOf.businessTime ?? asOf.recordedTime) return result
  const now = Date.now()
  const passed = [...context.versions].map(
    ({ version, definition }) => businessClock(definition.calendar).at(now) - context.readings.get(version)!,
  )
  if (passed.some((each) => each !== passed[0])) return undefined
  return rebase(result, instantOf(now), (now - msOf(context.now)) / 1000, passed[0]! / 1000)
}
