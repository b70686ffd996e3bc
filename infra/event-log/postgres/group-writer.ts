// Group commit: while one group is on its way to the disk the next one gathers, so concurrent appends share a round trip
// and a commit.
import { setImmediate as nextTurn } from 'node:timers/promises'
import pg from 'pg'
import {
  type Appended,
  type Expected,
  LogUnavailable,
  StreamDeleted,
  WrongExpectedRevision,
} from '../../ports/event-log.ts'
import type { Telemetry } from '../../ports/telemetry.ts'
import type { EncodedAppend } from './encode.ts'
import { toPosition } from './position.ts'
import { rawText } from './raw-text.ts'
import { withRetry } from './retry.ts'

/** What log.append answers for an append that it has not written. */
export const Refusal = { repeated: 1, wrongRevision: 2, deleted: 3 } as const

const MAX_EVENTS = 2_000
const MAX_SIZE = 8 * 1024 * 1024

interface Waiting {
  readonly append: EncodedAppend
  resolve(appended: Appended): void
  reject(error: unknown): void
}

export class GroupWriter {
  private readonly pool: pg.Pool
  private waiting: Waiting[] = []
  private running: Promise<void> | undefined
  private readonly statement: string

  constructor(
    url: string,
    schema: string,
    private readonly telemetry: Pick<Telemetry, 'committed'>,
  ) {
    // One connection of its own, so that appends never queue behind queries; the pool renews it when it breaks.
    this.pool = new pg.Pool({
      connectionString: url,
      max: 1,
      idleTimeoutMillis: 0,
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
    })
    this.pool.on('error', () => {})
    this.statement = `select * from ${schema}.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
  }

  append(append: EncodedAppend): Promise<Appended> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ append, resolve, reject })
      this.running ??= this.run()
    })
  }

  /** Commits what waits, then ends the connection. */
  async close(): Promise<void> {
    await this.running
    await this.pool.end()
  }

  private async run(): Promise<void> {
    // One turn of the event loop, in which whoever has been answered may come with its next append.
    for (await nextTurn(); this.waiting.length > 0; await nextTurn()) await this.commit(this.nextGroup())
    this.running = undefined
  }

  /** In order of arrival, bounded; an event id that is in the group already waits for the next one, where it is seen as a repetition. */
  private nextGroup(): Waiting[] {
    const ids = new Set<string>()
    let size = 0
    let length = 0
    for (const { append } of this.waiting) {
      size += append.size
      if (length > 0 && (size > MAX_SIZE || ids.size + append.ids.length > MAX_EVENTS)) break
      if (append.ids.some((id) => ids.has(id))) break
      for (const id of append.ids) ids.add(id)
      length++
    }
    const group = this.waiting.slice(0, length)
    this.waiting = this.waiting.slice(length)
    return group
  }

  private async commit(group: readonly Waiting[]): Promise<void> {
    const started = performance.now()
    try {
      // Twice is safe, should the first answer get lost: events that are there already are recognised by their ids.
      const answer = await withRetry(() => this.send(group))
      const events = group.reduce((sum, { append }) => sum + append.ids.length, 0)
      this.telemetry.committed({ appends: group.length, events, ms: performance.now() - started })
      group.forEach((waiting, index) => {
        settle(waiting, answer, index)
      })
    } catch (error) {
      if (error instanceof LogUnavailable || group.length === 1) for (const { reject } of group) reject(error)
      // Whatever is wrong with one of them must not fail the others.
      else for (const each of group) await this.commit([each])
    }
  }

  private async send(group: readonly Waiting[]): Promise<Answer> {
    const { rows } = await this.pool.query({
      name: 'append',
      text: this.statement,
      values: parameters(group.map(({ append }) => append)),
      types: rawText,
    })
    return {
      refusals: items(rows[0].refusals),
      revisions: items(rows[0].revisions),
      positions: items(rows[0].positions),
    }
  }
}

interface Answer {
  readonly refusals: readonly string[]
  readonly revisions: readonly string[]
  readonly positions: readonly string[]
}

function settle({ append, resolve, reject }: Waiting, { refusals, revisions, positions }: Answer, index: number): void {
  const { stream, expected } = append
  const revision = Number(revisions[index])
  const refusal = Number(refusals[index])
  if (refusal === Refusal.deleted) reject(new StreamDeleted(stream))
  else if (refusal === Refusal.wrongRevision)
    reject(new WrongExpectedRevision(stream, expected, revision < 0 ? undefined : revision))
  else
    resolve({
      stream,
      revision,
      position: toPosition(Number(positions[index])),
      repeated: refusal === Refusal.repeated,
    })
}

function parameters(group: readonly EncodedAppend[]): string[] {
  const streams = new Map<string, number>()
  const appendStream: number[] = []
  const appendFirst: number[] = []
  const eventAppend: number[] = []
  const eventRest: number[] = []
  const ids: string[] = []
  const types: string[] = []
  const bodies: string[] = []
  group.forEach((append, index) => {
    if (!streams.has(append.stream)) streams.set(append.stream, streams.size + 1)
    appendStream.push(streams.get(append.stream)!)
    appendFirst.push(ids.length + 1)
    for (let i = 0; i < append.ids.length; i++) {
      eventAppend.push(index + 1)
      eventRest.push(append.ids.length - 1 - i)
      ids.push(append.ids[i]!)
      types.push(append.types[i]!)
      bodies.push(append.bodies[i]!)
    }
  })
  return [
    lines([...streams.keys()]),
    array(appendStream),
    array(group.map(({ expected }) => expectedCode(expected))),
    array(appendFirst),
    array(group.map(({ ids }) => ids.length)),
    array(eventAppend),
    array(eventRest),
    array(ids),
    lines(types),
    lines(bodies),
  ]
}

export function expectedCode(expected: Expected): number {
  if (typeof expected === 'number') return expected
  return { none: -1, any: -2, exists: -3 }[expected]
}

const lines = (items: readonly string[]) => items.join('\n')
const array = (items: readonly (string | number)[]) => `{${items.join(',')}}`
const items = (array: string | null) => array?.slice(1, -1).split(',') ?? []
