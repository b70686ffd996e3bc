// What a resolver has at hand: whom it runs for, the commands, the read models, the log.
import type { Anomalies, Application, Attribution, Closing, ConformanceChecks } from '@headwater/application'
import type { Database } from '@headwater/infra/database'
import type { EventLog, KeyVault } from '@headwater/infra/ports'
import { correlation } from '@headwater/infra/telemetry'
import {
  type FunnelQueryInput,
  type FunnelResult,
  type Lag,
  ReadModelBehind,
  type WaitOptions,
} from '@headwater/projections'
import { GraphQLError } from 'graphql'
import type { Viewer } from './http/identity.ts'
import { createLoaders, type Loaders } from './loaders.ts'

/** An event's place: what a read model must have seen. */
export interface StreamRevision {
  readonly stream: string
  readonly revision: number
}

/** The read models as the API needs them, beside the queries of `@headwater/projections`. */
export interface ReadModels {
  /** Waits until what is shown of a stream is at least at this revision. @throws ReadModelBehind */
  waitFor(at: StreamRevision, options?: WaitOptions): Promise<void>
  lag(): Promise<readonly Lag[]>
  /** @throws UnknownPlaybook */
  funnel(viewer: Viewer, query: FunnelQueryInput): Promise<FunnelResult>
}

/** What the API stands on; the composition root hands it in. */
export interface Sources {
  readonly application: Application
  readonly closing: Closing
  readonly anomalies: Anomalies
  readonly conformance: ConformanceChecks
  readonly attribution: Attribution
  readonly db: Database
  readonly log: EventLog
  readonly vault: KeyVault
  readonly readModels: ReadModels
}

export interface Context extends Sources {
  readonly viewer: Viewer
  /** Of the request: goes with its commands into the events. */
  readonly correlationId: string | undefined
  readonly loaders: Loaders
  /** After a command: forget what was loaded before it. */
  refresh(): void
  /** Waits until all of these, just written, are shown, and forgets what was loaded before. @throws GraphQLError `NOT_YET` */
  waitFor(...written: readonly StreamRevision[]): Promise<void>
  /** The same for what somebody wrote at some time. */
  beAt(at: StreamRevision): Promise<void>
}

export function createContext(sources: Sources, viewer: Viewer): Context {
  const { db, vault, readModels } = sources
  const loaders = createLoaders(db, vault, viewer)
  const refresh = () => {
    for (const loader of Object.values(loaders)) loader.clearAll()
  }
  return {
    ...sources,
    viewer,
    correlationId: correlation()?.correlationId,
    loaders,
    refresh,
    async waitFor(...written) {
      await Promise.all(written.map((at) => beAt(readModels, at, { justWritten: true })))
      refresh()
    },
    async beAt(at) {
      await beAt(readModels, at)
      refresh()
    },
  }
}

async function beAt(readModels: ReadModels, at: StreamRevision, options?: WaitOptions): Promise<void> {
  const { stream, revision } = at
  await readModels.waitFor({ stream, revision }, options).catch((error: unknown) => {
    if (!(error instanceof ReadModelBehind)) throw error
    throw new GraphQLError(`What is shown of ${stream} is not at revision ${revision} yet. Ask again.`, {
      extensions: { code: 'NOT_YET' },
    })
  })
}
