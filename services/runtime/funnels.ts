import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import type { Database } from '@headwater/infra/database'
import { type FunnelColumns, openFunnelColumns } from '@headwater/projections'

/** A thread is started on what is built, even where this runs from its source or in a bundle. */
const thread = () => createRequire(import.meta.url).resolve('@headwater/runtime/funnel-thread')

/** Columns of funnels in a thread of their own, with connections of its own. */
export const openFunnels = (db: Database, onError: (error: unknown) => void): FunnelColumns =>
  openFunnelColumns({
    db,
    // Without this process's own flags: they may have it look for sources.
    start: () => new Worker(thread(), { workerData: db.url, execArgv: [] }),
    onError,
  })
