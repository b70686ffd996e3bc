// The composition root: opens the engines that the configuration names and hands them to the rooms. Nothing is decided here.
import {
  type Anomalies,
  type Application,
  type Attribution,
  type Closing,
  type ConformanceChecks,
  createApplication,
} from '@headwater/application'
import { type Database, openDatabase } from '@headwater/infra/database'
import { openPostgresEventLog } from '@headwater/infra/event-log'
import { loadMasterKey, openKeyVault } from '@headwater/infra/keys'
import type { EventLog, KeyVault, Telemetry } from '@headwater/infra/ports'
import {
  catchUp,
  duplicateLookup,
  type FunnelQueryInput,
  type FunnelResult,
  funnel,
  type Lag,
  lag,
  type Progress,
  type Projector,
  prepareTables,
  type ReadModel,
  readModels,
  startProjector,
  type Viewer,
  type WaitOptions,
  waitFor,
} from '@headwater/projections'
import { streamCategory } from '@headwater/schema'
import { anomaliesOf } from './anomalies.ts'
import { attributionOf } from './attribution.ts'
import { type Audit, auditOf } from './audit.ts'
import { closingOf } from './commission.ts'
import type { Config } from './config.ts'
import { conformanceOf } from './conformance.ts'
import { openFunnels } from './funnels.ts'

/** A whole system in this process, on whatever engines. */
export interface Headwater {
  readonly db: Database
  readonly log: EventLog
  readonly vault: KeyVault
  readonly application: Application
  /** How months of the commission ledger are closed. */
  readonly closing: Closing
  /** What in the figures somebody should talk about. */
  readonly anomalies: Anomalies
  /** How far deals went as their playbooks have it. */
  readonly conformance: ConformanceChecks
  /** How success is traced back to touches. */
  readonly attribution: Attribution
  readonly audit: Audit
  readonly readModels: {
    /** Keeps all of them up to date until the signal. */
    project(options: { signal: AbortSignal; onError?: (error: unknown, model: string | undefined) => void }): Projector
    /** Brings all of them up to the log's end as it is now, for programs that run without a projector. */
    catchUp(options?: { signal?: AbortSignal; onProgress?: (progress: Progress) => void }): Promise<void>
    /** Waits until what is shown of a stream is at least at this revision. @throws ReadModelBehind */
    waitFor(at: { readonly stream: string; readonly revision: number }, options?: WaitOptions): Promise<void>
    lag(): Promise<readonly Lag[]>
    /** The figures of a funnel as the read models are now. @throws UnknownPlaybook */
    funnel(viewer: Viewer, query: FunnelQueryInput): Promise<FunnelResult>
  }
  close(): Promise<void>
}

export interface HeadwaterOptions {
  /** Told of what goes on. */
  readonly telemetry?: Telemetry | undefined
  /**
   * Computes funnels from columns in memory (in a thread of their own, loaded in the background; some 200 bytes a stage visit), for programs that stay; else every funnel is
   * SQL. Told when they could not be loaded: then it is SQL all the same.
   */
  readonly funnelColumns?: { readonly onError: (error: unknown) => void } | undefined
}

/**
 * @throws PostgresUnavailable, MasterKeyInvalid, MasterKeyMismatch: each says in one line what is wrong and what to do
 */
export async function openHeadwater(config: Config, options: HeadwaterOptions = {}): Promise<Headwater> {
  const db = await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir })
  try {
    return await compose(db, config, options)
  } catch (error) {
    await db.close()
    throw error
  }
}

async function compose(
  db: Database,
  { dataDir, masterKey }: Config,
  { telemetry, funnelColumns }: HeadwaterOptions,
): Promise<Headwater> {
  const key = await loadMasterKey({ env: { HEADWATER_MASTER_KEY: masterKey }, dataDir })
  const vault = await openKeyVault(db, { masterKey: key })
  const log = await openPostgresEventLog(db, { telemetry })
  const sources = { db, log, vault }
  await prepareTables(db, readModels)
  const columns = funnelColumns && openFunnels(db, funnelColumns.onError)
  const application = createApplication({ telemetry, log, vault, leadLookup: duplicateLookup(db, vault) })
  const ask: Headwater['readModels']['funnel'] = (viewer, query) =>
    columns ? columns.funnel(viewer, query) : funnel(db, viewer, query)
  return {
    ...sources,
    application,
    anomalies: anomaliesOf(application, db, ask),
    conformance: conformanceOf(db),
    closing: closingOf(application, sources),
    attribution: attributionOf(application, sources),
    audit: auditOf(sources),
    readModels: {
      project: (options) => startProjector({ ...sources, telemetry, models: readModels, ...options }),
      catchUp: (options) => catchUp(sources, readModels, options),
      waitFor: (at, options) => waitFor(db, modelOf(at.stream), at, options),
      lag: () => lag(sources, readModels),
      funnel: ask,
    },
    async close() {
      await columns?.close()
      await log.close()
      await db.close()
    },
  }
}

/** The read model whose documents are this kind of stream. */
function modelOf(stream: string): ReadModel {
  const category = streamCategory(stream)
  const model = readModels.find(({ streams: [own] }) => own === `${category}-`)
  if (!model) throw new Error(`no read model shows streams like ${stream}`)
  return model
}
