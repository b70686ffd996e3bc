import path from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Database } from '@headwater/infra/database'
import { type FunnelColumns, openFunnelColumns } from '@headwater/projections'

/** A thread is started on what is built, even where this runs from its source. */
const built = path.join(import.meta.dirname, ...(import.meta.dirname.endsWith('dist') ? [] : ['dist']))

/** Columns of funnels in a thread of their own, with connections of its own. */
export const openFunnels = (db: Database, onError: (error: unknown) => void): FunnelColumns =>
  openFunnelColumns({
    db,
    // Without this process's own flags: they may have it look for sources.
    start: () => new Worker(path.join(built, 'funnel-thread.js'), { workerData: db.url, execArgv: [] }),
    onError,
  })
