// A command's time with the data: opened, brought up to date, used, closed. Works beside a running server as well as without one.
import type { Viewer } from '@headwater/projections'
import { type Headwater, openHeadwater, readConfig } from '@headwater/runtime'
import { count } from './terminal/format.ts'
import { status } from './terminal/progress.ts'

export interface Session extends Headwater {
  /** Whoever may start the command line may see and do everything. */
  readonly viewer: Viewer
}

export const operator: Viewer = { id: 'cli', role: 'administrator' }

/** With `upToDate` (the default) the read models hold everything that is in the log now. */
export async function withSession<T>(
  use: (session: Session) => Promise<T>,
  { upToDate = true }: { upToDate?: boolean } = {},
): Promise<T> {
  const headwater = await openHeadwater(readConfig(process.env))
  try {
    if (upToDate) await bringUpToDate(headwater)
    return await use({ ...headwater, viewer: operator })
  } finally {
    await headwater.close()
  }
}

/** The read models hold everything that is in the log now. */
export async function bringUpToDate({ readModels }: Pick<Headwater, 'readModels'>): Promise<void> {
  const line = status()
  const done = new Map<string, number>()
  try {
    await readModels.catchUp({
      onProgress({ model, events }) {
        done.set(model, events)
        line.say(`bringing read models up to date: ${[...done].map(([name, n]) => `${name} ${count(n)}`).join(', ')}`)
      },
    })
  } finally {
    line.end()
  }
}
