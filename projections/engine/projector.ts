// Keeps read models up to date with the log: one subscription for all, each model at its own pace.
import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { EventBatch } from '@headwater/infra/ports'
import type { Position, RecordedEvent } from '@headwater/schema'
import { type Checkpoint, CheckpointMoved, type Failure, fail, readCheckpoint } from './checkpoints.ts'
import { announce } from './freshness.ts'
import { Leadership } from './leadership.ts'
import { PoisonEvent } from './poison-event.ts'
import { Projection, type Sources } from './projection.ts'
import type { ReadModel } from './read-model.ts'
import { currentCheckpoints } from './rebuild.ts'
import { eventsFor, runTo } from './run.ts'
import { liveCheckpoint, ModelSuperseded } from './setup.ts'

export interface ProjectorOptions extends Sources {
  readonly models: readonly ReadModel[]
  /** Stops it. */
  readonly signal: AbortSignal
  /**
   * Told of everything that goes wrong. A read model with a poisoned event stops, with the failure in its checkpoint, until a rebuild or
   * another program gets it further; all else is tried again.
   */
  readonly onError?: ((error: unknown, model: string | undefined) => void) | undefined
}

export interface Projector {
  /** Settles when the signal has stopped everything. */
  readonly done: Promise<void>
}

/**
 * Starts the projector. Of several, in one or more processes, one leads each model, and another takes over when it goes. A model that is
 * slow or stopped holds up none of the others.
 */
export function startProjector(options: ProjectorOptions): Projector {
  // Each model listens for it; Node warns from the eleventh on.
  setMaxListeners(0, options.signal)
  const leadership = new Leadership(options.db)
  const followers = options.models.map((model) => new Follower(options, model, leadership))
  const done = Promise.all([distribute(options, followers), ...followers.map((follower) => follower.run())])
  return { done: done.then(() => leadership.close()) }
}

async function distribute({ log, models, signal, onError }: ProjectorOptions, followers: readonly Follower[]) {
  const filter = { streamPrefixes: [...new Set(models.flatMap((model) => model.streams))] }
  let after: Position | undefined
  await retry(
    signal,
    (error) => onError?.(error, undefined),
    async (succeeded) => {
      after ??= await log.head()
      for await (const batch of log.subscribe({ after, filter, signal })) {
        for (const follower of followers) follower.offer(batch)
        after = batch.position
        succeeded()
      }
    },
  )
}

/** Events waiting for a model in memory; a model further behind reads the log by itself until it has caught up. */
const longestQueue = 10_000
/** Folded at once from the queue: small enough to be visible soon. */
const liveBatch = 1_000
/** Documents that each model keeps in memory: what is worked on comes again. */
const keptLive = 10_000
/** How often a model's checkpoint follows the log while nothing comes for it. */
const idleMs = 1_000
/** How often a model that has stopped looks whether somebody got it further. */
const mendedMs = 500

class Follower {
  private queue: RecordedEvent[] = []
  private seen: Position | undefined
  /** Something was not queued: the log has to be read. */
  private gap = true
  private wake = () => {}

  constructor(
    private readonly options: ProjectorOptions,
    private readonly model: ReadModel,
    private readonly leadership: Leadership,
  ) {
    options.signal.addEventListener('abort', () => this.wake(), { once: true })
  }

  offer(batch: EventBatch): void {
    if (this.gap) return
    this.queue.push(...eventsFor(this.model, batch.events))
    this.seen = batch.position
    if (this.queue.length > longestQueue) {
      this.gap = true
      this.queue = []
    }
    if (this.queue.length > 0 || this.gap) this.wake()
  }

  async run(): Promise<void> {
    const { signal, onError } = this.options
    await retry(
      signal,
      (error) => onError?.(error, this.model.name),
      (succeeded) => this.follow(succeeded),
    )
  }

  private async follow(succeeded: () => void): Promise<void> {
    const { db, signal } = this.options
    await this.leadership.obtain(this.model.name, signal)
    if (signal.aborted) return
    const live = await liveCheckpoint(db, this.model)
    let projection: Projection | undefined
    try {
      const [checkpoint] = await currentCheckpoints(this.options, [this.model], { signal })
      projection = new Projection(this.options, this.model, checkpoint!, '', keptLive)
      while (!signal.aborted) {
        this.queue = []
        this.seen = undefined
        this.gap = false
        await runTo(this.options, projection, { signal })
        succeeded()
        for await (const { events, position } of this.queued())
          announce(db, this.model, await projection.apply(events, position))
      }
    } catch (error) {
      const failure = failureOf(error)
      if (!failure) throw error
      await this.stop(projection?.checkpoint ?? live, failure, error)
    }
  }

  /** Leaves the model where it is until it is somewhere else; meanwhile another program may lead it, which perhaps knows better. */
  private async stop(at: Checkpoint, failure: Failure, error: unknown): Promise<void> {
    const { db, signal, onError } = this.options
    await fail(db.pool, at, failure)
    onError?.(error, this.model.name)
    await this.leadership.resign(this.model.name)
    for (let now: Checkpoint | undefined = at; now?.generation === at.generation && now.position === at.position; ) {
      await delay(mendedMs, undefined, { signal })
      now = await readCheckpoint(db.pool, this.model.name, at.slot)
    }
  }

  /** What the subscription brings, until there is a gap. */
  private async *queued(): AsyncGenerator<EventBatch> {
    const { signal } = this.options
    while (!this.gap && !signal.aborted) {
      if (this.queue.length === 0) await this.somethingNew()
      const position = this.seen
      if (this.gap || position === undefined) continue
      const events = this.queue.splice(0, liveBatch)
      if (this.queue.length > 0) yield { events, position: events.at(-1)!.position }
      else {
        this.seen = undefined
        yield { events, position }
      }
    }
  }

  private somethingNew(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, idleMs)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

/** What makes trying again useless: an event, or values that the tables do not take (SQLSTATE classes 21 to 23). */
function failureOf(error: unknown): Failure | undefined {
  if (error instanceof PoisonEvent) return { position: error.event.position, message: error.message }
  const { code, message } = error as { code?: unknown; message?: string }
  if (typeof code === 'string' && /^2[1-3]\w{3}$/.test(code)) return { position: null, message: String(message) }
  return undefined
}

/** Runs `work` until the signal; after an error again, sooner the less often it came since the last success. */
async function retry(
  signal: AbortSignal,
  onError: (error: unknown) => void,
  work: (succeeded: () => void) => Promise<void>,
): Promise<void> {
  let pause = 0
  const succeeded = () => {
    pause = 0
  }
  while (!signal.aborted) {
    try {
      await work(succeeded)
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof CheckpointMoved) continue
      onError(error)
      if (error instanceof ModelSuperseded) return
      pause = Math.min(5_000, Math.max(50, pause * 2))
      await delay(pause, undefined, { signal }).catch(() => {})
    }
  }
}
