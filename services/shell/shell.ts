// Load, fold, decide, append: what every command goes through.
import {
  type Appended,
  type CommandDone,
  type EventLog,
  type KeyVault,
  LogUnavailable,
  silent,
  type Telemetry,
  WrongExpectedRevision,
} from '@headwater/infra/ports'
import {
  type Instant,
  instantOf,
  isRefusal,
  type NewEvent,
  newId,
  type Refusal,
  refuse,
  streamName,
} from '@headwater/schema'
import { Attempt, refused } from './attempt.ts'
import { type Checked, checker, commandTypes } from './check.ts'
import { Contention, WrongStreamKind } from './errors.ts'
import { KeyedQueue } from './keyed-queue.ts'
import { type LoadedStream, loadStream, unwritten } from './load.ts'
import { StateCache } from './state-cache.ts'
import type {
  Answer,
  AnyAggregate,
  Clock,
  CommandEnvelope,
  Foldable,
  Item,
  Loaded,
  Lookup,
  Shell,
  StateReader,
} from './types.ts'

/** What a shell uses of a log. */
export type ShellLog = Pick<EventLog, 'append' | 'readStream'>

export interface ShellOptions {
  readonly log: EventLog
  readonly vault: KeyVault
  /** Every aggregate whose state a decision may need, or whose commands are carried out. */
  readonly aggregates: readonly AnyAggregate[]
  readonly lookups?: Readonly<Record<string, Lookup>>
  readonly clock?: Clock
  /** Ids of events: UUIDs, never the same twice; UUIDv7 unless given. */
  readonly newId?: () => string
  /** How often a command is decided before `Contention`; default 10. */
  readonly attempts?: number
  /** Waits before attempt `n` + 1; default: up to 5 ms · 2ⁿ and at most 500 ms, at random ("full jitter"), so that rivals part. */
  readonly pause?: (n: number) => Promise<void>
  /** Told of every command and its answer. */
  readonly telemetry?: Telemetry | undefined
}

/** The system's time. */
export const systemClock: Clock = { now: () => instantOf(Date.now()) }

/** @param options of the log, no more is needed than a shell uses */
export function openShell(options: Omit<ShellOptions, 'log'> & { readonly log: ShellLog }): Shell {
  return new LogShell(options)
}

/** Appends of the same events to a log that does not answer. */
const APPENDS = 3

const jitter = (n: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, Math.random() * Math.min(500, 5 * 2 ** n)))

class LogShell implements Shell {
  private readonly log: ShellLog
  private readonly vault: KeyVault
  private readonly aggregates: ReadonlyMap<string, AnyAggregate>
  private readonly lookups: Readonly<Record<string, Lookup>>
  private readonly clock: Clock
  private readonly newId: () => string
  private readonly attempts: number
  private readonly pause: (n: number) => Promise<void>
  private readonly check: ReturnType<typeof checker>
  private readonly known: ReadonlySet<string>
  private readonly telemetry: Telemetry
  private readonly states: StateCache
  /** Commands of this process on one stream wait for each other instead of failing each other's appends. */
  private readonly queue = new KeyedQueue()

  constructor(options: Parameters<typeof openShell>[0]) {
    this.log = options.log
    this.vault = options.vault
    this.aggregates = new Map(options.aggregates.map((aggregate) => [aggregate.category, aggregate]))
    this.lookups = options.lookups ?? {}
    this.clock = options.clock ?? systemClock
    this.newId = options.newId ?? newId
    this.attempts = options.attempts ?? 10
    this.pause = options.pause ?? jitter
    this.check = checker(options.aggregates)
    this.known = new Set(options.aggregates.flatMap(commandTypes))
    this.telemetry = options.telemetry ?? silent
    this.states = new StateCache(options.log)
  }

  async execute(
    aggregate: AnyAggregate,
    id: string,
    command: Item['command'],
    envelope: CommandEnvelope,
  ): Promise<Answer> {
    const [answer] = await this.executeAll(aggregate, id, [{ command, envelope }])
    return answer!
  }

  async executeAll(aggregate: AnyAggregate, id: string, items: readonly Item[]): Promise<readonly Answer[]> {
    const started = performance.now()
    let answers: readonly Answer[] = []
    try {
      answers = await this.answerAll(aggregate, id, items)
      return answers
    } finally {
      this.tell(items, answers, performance.now() - started)
    }
  }

  private async answerAll(aggregate: AnyAggregate, id: string, items: readonly Item[]): Promise<readonly Answer[]> {
    const now = this.clock.now()
    const checked = items.map((item) => this.check(aggregate, id, item, now))
    if (checked.every(isRefusal)) return checked.map(refused)
    const stream = streamName(aggregate.category, id)
    const decide = () => this.decideAll(aggregate, id, now, checked)
    return this.queue.run(
      stream,
      async () => (await this.begun(aggregate, id, now, checked)) ?? this.untilDecided(stream, decide),
    )
  }

  async preview(
    aggregate: AnyAggregate,
    id: string,
    command: Item['command'],
    envelope: CommandEnvelope,
  ): Promise<Answer> {
    const now = this.clock.now()
    const checked = this.check(aggregate, id, { command, envelope }, now)
    if (isRefusal(checked)) return refused(checked)
    const attempt = await this.begin(aggregate, id, now)
    return isRefusal(attempt) ? refused(attempt) : attempt.carryOut(checked)
  }

  async load<State>(aggregate: Foldable<State>, id: string): Promise<Loaded<State>> {
    const { state, revision } = await loadStream(this.log, this.vault, aggregate, streamName(aggregate.category, id))
    return { state, revision }
  }

  /** Where there is no answer, something has failed. */
  private tell(items: readonly Item[], answers: readonly Answer[], ms: number): void {
    if (this.telemetry === silent) return
    for (const [i, { command, envelope }] of items.entries()) {
      const { commandId, correlationId = commandId } = envelope
      this.telemetry.decided({
        ...toldOf(answers[i]),
        command: this.known.has(command.type) ? command.type : 'unknown',
        commandId,
        correlationId,
        ms,
      })
    }
  }

  private async untilDecided(stream: string, decide: () => Promise<readonly Answer[]>): Promise<readonly Answer[]> {
    for (let n = 1; ; n++) {
      try {
        return await decide()
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision)) throw error
        if (n === this.attempts) throw new Contention(stream, n, { cause: error })
        await this.pause(n)
      }
    }
  }

  private async decideAll(
    aggregate: AnyAggregate,
    id: string,
    now: Instant,
    items: readonly (Checked | Refusal)[],
  ): Promise<readonly Answer[]> {
    const attempt = await this.begin(aggregate, id, now)
    if (isRefusal(attempt)) return items.map((item) => refused(isRefusal(item) ? item : attempt))
    return this.carryOut(attempt, items)
  }

  /**
   * Commands that begin a stream, without a look at it: what they write says that nothing was there. Undefined where they write nothing, or
   * something was there: then it takes a look.
   */
  private async begun(
    aggregate: AnyAggregate,
    id: string,
    now: Instant,
    items: readonly (Checked | Refusal)[],
  ): Promise<readonly Answer[] | undefined> {
    const first = items.find((item) => !isRefusal(item)) as Checked
    if (!aggregate.begins?.includes(first.command.type)) return undefined
    const attempt = this.attempt(aggregate, id, now, unwritten(aggregate))
    try {
      const answers = await this.carryOut(attempt, items)
      return attempt.pending.length > 0 ? answers : undefined
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error
      return undefined
    }
  }

  private async carryOut(attempt: Attempt, items: readonly (Checked | Refusal)[]): Promise<readonly Answer[]> {
    const answers: Answer[] = []
    for (const item of items) answers.push(isRefusal(item) ? refused(item) : await attempt.carryOut(item))
    const { stream, loaded, pending } = attempt
    if (pending.length === 0) return answers
    const { position } = await this.append(stream, pending, loaded.revision)
    return answers.map((answer) =>
      answer.status === 'accepted' && answer.revision > loaded.revision ? { ...answer, position } : answer,
    )
  }

  /** A fresh look at the stream. */
  private async begin(aggregate: AnyAggregate, id: string, now: Instant): Promise<Attempt | Refusal> {
    const stream = streamName(aggregate.category, id)
    try {
      return this.attempt(aggregate, id, now, await loadStream(this.log, this.vault, aggregate, stream))
    } catch (error) {
      if (!(error instanceof WrongStreamKind)) throw error
      const { type, category } = error
      return refuse('wrong-stream-kind', `${error.message}.`, { details: { stream, type, category } })
    }
  }

  private attempt(aggregate: AnyAggregate, id: string, now: Instant, loaded: LoadedStream<unknown>): Attempt {
    const { vault, newId, lookups } = this
    const around = { vault, newId, lookups, now, read: this.reader() }
    return new Attempt(streamName(aggregate.category, id), aggregate, id, loaded, around)
  }

  /** Reads each state once. */
  private reader(): StateReader {
    const states = new Map<string, Promise<unknown>>()
    return (category, id) => {
      const aggregate = this.aggregates.get(category)
      if (!aggregate) throw new Error(`no aggregate of category ${category} is known to the shell`)
      const key = `${category}-${id}`
      const known = states.get(key)
      if (known) return known
      const state = this.states.current(aggregate, id).then((loaded) => loaded.state)
      states.set(key, state)
      return state
    }
  }

  /** The very same events again where the log did not answer: if they are there already, that is a success. */
  private async append(stream: string, events: readonly NewEvent[], revision: number): Promise<Appended> {
    const expected = revision < 0 ? 'none' : revision
    for (let n = 1; ; n++) {
      try {
        return await this.log.append(stream, events, { expected })
      } catch (error) {
        if (!(error instanceof LogUnavailable) || n === APPENDS) throw error
        await this.pause(n)
      }
    }
  }
}

function toldOf(answer: Answer | undefined): Pick<CommandDone, 'outcome' | 'code' | 'events'> {
  if (!answer) return { outcome: 'failed', code: '', events: 0 }
  if (answer.status === 'refused') return { outcome: 'refused', code: answer.refusal.code, events: 0 }
  return { outcome: answer.repeated ? 'repeated' : 'accepted', code: '', events: answer.events.length }
}
