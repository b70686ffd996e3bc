// One attempt at some commands of one stream: decided one after the other on what was loaded; what they write is gathered.
import type { KeyVault } from '@headwater/infra/ports'
import {
  type DecisionContext,
  type DomainEvent,
  deriveId,
  encodeEvent,
  type Instant,
  isRefusal,
  type Need,
  type NewEvent,
  type OpenedEvent,
  type Position,
  type Refusal,
  refuse,
  SubjectForgotten,
  type SubjectKeys,
  subjectsOfEvent,
} from '@headwater/schema'
import type { Checked } from './check.ts'
import { dated, type LoadedStream } from './load.ts'
import type { Accepted, Answer, AnyAggregate, Lookup, Refused, StateReader } from './types.ts'

/** What a decision may ask of the world, and what it takes to store what was decided. */
export interface Surroundings {
  readonly vault: Pick<KeyVault, 'obtain'>
  readonly now: string
  readonly newId: () => string
  readonly read: StateReader
  readonly lookups: Readonly<Record<string, Lookup>>
}

/** A command whose business time is known. */
interface Timed {
  readonly command: Checked['command']
  readonly envelope: Checked['envelope'] & { readonly occurredAt: Instant }
}

/** What one command wrote. */
interface Written {
  readonly commandType: string | undefined
  readonly events: readonly DomainEvent[]
  readonly revision: number
  readonly position: Position | undefined
}

const noKeys: SubjectKeys = new Map()

export class Attempt {
  /** In stored form, to be appended behind what was loaded. */
  readonly pending: NewEvent[] = []
  private state: unknown
  private revision: number
  /** When the last of its events happened; the empty text comes before every instant. */
  private latest: Instant | ''
  private readonly byCommand: Map<string, Written>
  readonly stream: string
  private readonly aggregate: AnyAggregate
  private readonly id: string
  readonly loaded: LoadedStream<unknown>
  private readonly around: Surroundings

  constructor(
    stream: string,
    aggregate: AnyAggregate,
    id: string,
    loaded: LoadedStream<unknown>,
    around: Surroundings,
  ) {
    this.stream = stream
    this.aggregate = aggregate
    this.id = id
    this.state = loaded.state
    this.revision = loaded.revision
    this.loaded = loaded
    this.latest = loaded.events.reduce<Instant | ''>((latest, { meta }) => later(latest, meta.occurredAt), '')
    this.byCommand = writtenBy(loaded.events)
    this.around = around
  }

  /** Decides a command; what it writes is pending. A position of what was loaded stands in for the one it will get. */
  async carryOut(checked: Checked): Promise<Answer> {
    const {
      command,
      envelope: { commandId },
    } = checked
    const before = this.byCommand.get(commandId)
    if (before) return this.answerAgain(before, checked)
    const { envelope } = this.timed(checked)
    const context = this.contextOf(envelope)
    const needs = this.aggregate.needs?.(command, this.state, context) ?? []
    const found = needs.length > 0 ? await this.meet(needs) : undefined
    const decision = this.aggregate.decide(command, this.state, found ? Object.assign(context, found) : context)
    if (isRefusal(decision)) return refused(decision)
    if (decision.length > 0) {
      const subjects = decision.flatMap(subjectsOfEvent)
      const keys = subjects.length > 0 ? await this.around.vault.obtain([...new Set(subjects)]) : noKeys
      const problem = this.write(decision, { command, envelope }, keys)
      if (problem) return refused(problem)
    }
    const written = {
      commandType: command.type,
      events: decision,
      revision: this.revision,
      position: this.loaded.position,
    }
    if (decision.length > 0) this.byCommand.set(commandId, written)
    return this.accepted(written, false)
  }

  private answerAgain(before: Written, { command, envelope: { commandId } }: Checked): Answer {
    const { commandType } = before
    if (commandType === undefined || commandType === command.type) return this.accepted(before, true)
    return refused(
      refuse(
        'command-id-reused',
        `Command ${commandId} was a ${commandType}: another command needs an id of its own.`,
        {
          details: { commandId, first: commandType, now: command.type },
        },
      ),
    )
  }

  private accepted({ events, revision, position }: Written, repeated: boolean): Accepted {
    return { status: 'accepted', stream: this.stream, revision, position, repeated, events }
  }

  /** Without a time of its own it happens now, and after all that the stream knows already: a clock may have stepped back. */
  private timed({ command, envelope }: Checked): Timed {
    return {
      command,
      envelope: { ...envelope, occurredAt: envelope.occurredAt ?? later(this.latest, this.around.now) },
    }
  }

  private contextOf({ commandId, actor, occurredAt }: Timed['envelope']): DecisionContext {
    const id = (name: string) => deriveId(commandId, name)
    return { streamId: this.id, now: this.around.now, occurredAt, actor, commandId, id }
  }

  /** What a decision asked for, by its names. */
  private async meet(needs: readonly Need[]): Promise<object> {
    const { read, lookups } = this.around
    const found = await Promise.all(
      needs.map(async (need) => {
        if (need.kind === 'state') return [need.as, await read(need.category, need.id)] as const
        const lookup = lookups[need.name]
        if (!lookup)
          throw new Error(`${this.aggregate.category} needs a look-up "${need.name}" that nobody has provided`)
        return [need.as, await lookup(need.input, read)] as const
      }),
    )
    return Object.fromEntries(found)
  }

  private write(
    decision: readonly DomainEvent[],
    { command, envelope }: Timed,
    keys: SubjectKeys,
  ): Refusal | undefined {
    const { aggregate, id } = this
    const { newId } = this.around
    let { state } = this
    const stored: NewEvent[] = []
    try {
      for (const event of decision) {
        state = aggregate.evolve(state, dated(event, envelope))
        const meta = { ...envelope, caseId: aggregate.caseId(id, state), commandType: command.type }
        stored.push(encodeEvent(event, meta, newId(), keys))
      }
    } catch (error) {
      if (error instanceof SubjectForgotten) return forgotten(error)
      throw error
    }
    this.pending.push(...stored)
    this.state = state
    this.revision += stored.length
    this.latest = later(this.latest, envelope.occurredAt)
    return undefined
  }
}

const later = (a: Instant | '', b: Instant): Instant => (a > b ? a : b)

/** A refusal as an answer. */
export const refused = (refusal: Refusal): Refused => ({ status: 'refused', refusal })

const forgotten = ({ subject, field }: SubjectForgotten): Refusal =>
  refuse('subject-forgotten', `${subject} was forgotten: nothing more is stored of them.`, {
    details: { subject, field },
  })

function writtenBy(events: readonly OpenedEvent[]): Map<string, Written> {
  const found = new Map<string, Written & { readonly events: DomainEvent[] }>()
  for (const event of events) {
    const { commandId, commandType } = event.meta
    const domainEvent = { type: event.type, data: event.data } as DomainEvent
    const before = found.get(commandId)?.events ?? []
    const { revision, position } = event
    found.set(commandId, { commandType, events: [...before, domainEvent], revision, position })
  }
  return found
}
