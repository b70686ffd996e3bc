import type { MessagePort, Worker } from 'node:worker_threads'
import type { Database } from '@headwater/infra/database'
import { LRUCache } from 'lru-cache'
import type { Viewer } from '../../viewer.ts'
import { funnel } from '../funnel.ts'
import { FunnelQuery, type FunnelQueryInput, type FunnelResult } from '../query.ts'
import { type Answer, changed, resultOf } from './answer.ts'
import type { Answers, Call, Reply, Request } from './messages.ts'

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
  bytes(): Promise<number>
  /** After it, nothing works in the background any more. */
  close(): Promise<void>
}

export interface FunnelColumnsOptions {
  readonly db: Database
  /** Starts the thread that keeps the columns, or a port to where they are kept: there `serveFunnelColumns` runs. */
  readonly start: () => Worker | MessagePort
  /**
   * Told when columns could not be loaded, or their thread has ended: at first, and when it is given up. SQL answers, and a later
   * question has it tried again.
   */
  readonly onError: (error: unknown) => void
}

/** Begins to load at once, in another thread: neither that nor a funnel keeps this one from its work. */
export function openFunnelColumns(options: FunnelColumnsOptions): FunnelColumns {
  return new Client(options)
}

class ThreadEnded extends Error {
  override readonly name = 'ThreadEnded'
}

/** Its cause is what ended the thread last. */
export class FunnelColumnsGivenUp extends Error {
  override readonly name = 'FunnelColumnsGivenUp'
  constructor(times: number, cause: unknown) {
    super(
      `the thread of the funnels' columns has ended ${times} times without an answer; SQL answers until the next start`,
      {
        cause,
      },
    )
  }
}

/** A thread that ends this often, without an answer in between, would go on to. */
const mostEnds = 6
/** Milliseconds until a thread that has ended is started again: twice as many each time. */
const firstPause = 1000

function ignoreEnd(error: unknown): undefined {
  if (!(error instanceof ThreadEnded)) throw error
}

/** Groups of all answers together, each some kilobytes. */
const keptGroups = 20_000

interface Waiting {
  readonly resolve: (answer: never) => void
  readonly reject: (error: unknown) => void
}

class Client implements FunnelColumns {
  private thread: Worker | MessagePort | undefined
  private closed = false
  /** How often the thread has ended since it last answered. */
  private ends = 0
  /** Milliseconds since 1970. */
  private startAgain = Number.NEGATIVE_INFINITY
  private lastError: unknown
  private calls = 0
  private readonly answers = new LRUCache<string, Answer>({
    maxSize: keptGroups,
    sizeCalculation: ({ groups }) => groups.length + 1,
  })
  private readonly waiting = new Map<number, Waiting>()

  constructor(private readonly options: FunnelColumnsOptions) {
    this.start()
  }

  async funnel(viewer: Viewer, input: FunnelQueryInput): Promise<FunnelResult> {
    const query = FunnelQuery.parse(input)
    const key = JSON.stringify([viewer, query])
    const known = this.answers.get(key)
    const changes = await this.ask({
      kind: 'funnel',
      viewer,
      query,
      now: Date.now(),
      known: known && { panel: known.panel, revision: known.revision },
    }).catch(ignoreEnd)
    if (!changes) return funnel(this.options.db, viewer, query)
    const answer = changed(known, changes, query)
    this.answers.set(key, answer)
    return resultOf(answer, changes, query)
  }

  async ready(): Promise<void> {
    await this.ask({ kind: 'ready' })
  }

  bytes(): Promise<number> {
    return this.ask({ kind: 'bytes' })
  }

  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    const { thread } = this
    if (!thread) return
    const ended = new Promise((resolve) => thread.once('threadId' in thread ? 'exit' : 'close', resolve))
    await this.ask({ kind: 'close' }).catch(ignoreEnd)
    if ('close' in thread) thread.close()
    await ended
  }

  private ask<K extends Request['kind']>(request: Request & { kind: K }): Promise<Answers[K]> {
    if (!this.closed && !this.thread && Date.now() >= this.startAgain) this.start()
    const id = this.calls++
    return new Promise((resolve, reject) => {
      if (!this.thread) return reject(new ThreadEnded('the thread of the columns does not run'))
      this.waiting.set(id, { resolve, reject })
      this.thread.postMessage({ id, request } satisfies Call)
    })
  }

  private start(): void {
    const thread = this.options.start()
    this.lastError = undefined
    this.thread = thread
    thread.on('message', (reply: Reply) => {
      if ('fault' in reply) return this.options.onError(reply.fault)
      const waiting = this.waiting.get(reply.id)
      this.waiting.delete(reply.id)
      if ('error' in reply) waiting?.reject(reply.error)
      else waiting?.resolve(reply.answer as never)
      if ('answer' in reply && reply.answer !== undefined) this.ends = 0
    })
    thread.on('error', (error) => {
      this.lastError = error
    })
    for (const end of ['exit', 'close']) thread.on(end, () => this.ended())
  }

  private ended(): void {
    this.thread = undefined
    for (const { reject } of this.waiting.values()) reject(new ThreadEnded('the thread of the columns has ended'))
    this.waiting.clear()
    if (!this.closed) this.rest()
  }

  /** Until the thread is worth another try. */
  private rest(): void {
    const { onError } = this.options
    const { lastError: cause } = this
    this.ends++
    this.startAgain = this.ends < mostEnds ? Date.now() + firstPause * 2 ** (this.ends - 1) : Number.POSITIVE_INFINITY
    if (this.ends === 1) onError(cause ?? new ThreadEnded('the thread of the columns has ended'))
    if (this.ends === mostEnds) onError(new FunnelColumnsGivenUp(mostEnds, cause))
  }
}
