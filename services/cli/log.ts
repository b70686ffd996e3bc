import { once } from 'node:events'
import type { RecordedEvent } from '@headwater/schema'
import type { Answer } from './answer.ts'
import { eventJson, eventTable, readEvents } from './events.ts'
import { withSession } from './session.ts'

export const head = (): Promise<Answer> =>
  withSession(
    async ({ log }) => {
      const position = (await log.head()) ?? null
      return { json: { position }, text: () => position ?? 'the log is empty' }
    },
    { upToDate: false },
  )

export interface LogOptions {
  readonly after?: string
  readonly limit: number
  readonly all?: boolean
  readonly stream?: string
  readonly type?: readonly string[]
  readonly json?: boolean
}

/** How many events a table takes at once: each page has its own widths. */
const PAGE = 1000

/** Straight to stdout, page by page: the log may be long. */
export function read({ all, limit, json, ...options }: LogOptions): Promise<void> {
  return withSession(
    async ({ log }) => {
      let page: RecordedEvent[] = []
      const flush = async () => {
        const text = json ? page.map((event) => JSON.stringify(eventJson(event))).join('\n') : eventTable(page)
        page = []
        if (!process.stdout.write(`${text}\n`)) await once(process.stdout, 'drain')
      }
      for await (const event of readEvents(log, { ...options, limit: all ? Number.POSITIVE_INFINITY : limit })) {
        page.push(event)
        if (page.length === PAGE) await flush()
      }
      if (page.length > 0) await flush()
    },
    { upToDate: false },
  )
}
