// The process that is killed: writers, read models and a subscription over one data folder, until SIGTERM.
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { PostgresUnavailable } from '@headwater/infra/database'
import { LogUnavailable } from '@headwater/infra/ports'
import { openHeadwater, readConfig } from '@headwater/runtime'
import type { Position } from '@headwater/schema'
import { Contention } from '@headwater/shell'
import { tell } from './story.ts'

export interface WorkerOptions {
  readonly dataDir: string
  /** Names of the writers, with the command each begins with. */
  readonly writers: Readonly<Record<string, number>>
  /** Where the subscription goes on. */
  readonly after?: Position | undefined
}

/** Part of an acknowledgement: the last of the `count` events that a command wrote in a stream. */
export interface Written {
  readonly stream: string
  readonly revision: number
  readonly count: number
}

export type WorkerReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'acknowledged'; readonly writer: string; readonly n: number; readonly written: readonly Written[] }
  /** A batch of the subscription: positions, and the id of the last event. */
  | { readonly kind: 'seen'; readonly positions: readonly Position[]; readonly lastId: string }
  /** A command that has to be sent again. */
  | { readonly kind: 'unavailable' }
  /** What nobody should have met. */
  | { readonly kind: 'fault'; readonly message: string }

const report = (line: WorkerReport) => void process.stdout.write(`${JSON.stringify(line)}\n`)
const fault = (error: unknown) => report({ kind: 'fault', message: String(error) })

const { dataDir, writers, after }: WorkerOptions = JSON.parse(process.argv[2]!)
const stopping = new AbortController()
const { signal } = stopping
const stopped = once(process, 'SIGTERM').then(() => stopping.abort())
const headwater = await openHeadwater(readConfig({ HEADWATER_DATA: dataDir }))
const projector = headwater.readModels.project({ signal })
report({ kind: 'ready' })

/** Commands one after the other; what is not acknowledged is sent again under its id. */
const write = async (writer: string, from: number) => {
  for (let n = from; !signal.aborted; ) {
    try {
      const answers = await tell(headwater.application, writer, n)
      const written = answers.map(({ stream, revision, events }) => ({ stream, revision, count: events.length }))
      report({ kind: 'acknowledged', writer, n, written })
      n++
    } catch (error) {
      if (![LogUnavailable, PostgresUnavailable, Contention].some((kind) => error instanceof kind)) fault(error)
      report({ kind: 'unavailable' })
      await delay(20)
    }
  }
}

const subscribe = async () => {
  for await (const { events } of headwater.log.subscribe({ after, signal }))
    if (events.length > 0)
      report({ kind: 'seen', positions: events.map(({ position }) => position), lastId: events.at(-1)!.id })
}

await Promise.all([
  ...Object.entries(writers).map(([name, from]) => write(name, from)),
  subscribe().catch(fault),
  stopped,
])
await projector.done
await headwater.close()
