// Between the business's events and their stored form: versions and personal fields. The only door in both directions.
import { z } from 'zod'
import { EventMeta, type NewEvent, type Position, type RecordedEvent } from './envelope.ts'
import { type DomainEvent, eventDefinitions } from './events/registry.ts'
import { type Forgotten, openData, type Sealed, type SubjectKeys, sealData, subjectsOf } from './personal/index.ts'

/** Data as the log holds it: personal values are sealed. */
export type InStoredForm<T> = [Extract<T, Forgotten>] extends [never]
  ? T extends readonly (infer Item)[]
    ? InStoredForm<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: InStoredForm<T[K]> }
      : T
  : Sealed | Forgotten | Extract<T, undefined | null>

type Recorded<Event extends { type: string; data: unknown }, Data = Event['data']> = Omit<
  RecordedEvent,
  'type' | 'data'
> & { readonly type: Event['type']; readonly data: Data }

/** A recorded event as today's version of its type, opened. */
export type OpenedEvent = { [E in DomainEvent as E['type']]: Recorded<E> }[DomainEvent['type']]
/** A recorded event as today's version of its type, its personal values still sealed. */
export type StoredEvent = { [E in DomainEvent as E['type']]: Recorded<E, InStoredForm<E['data']>> }[DomainEvent['type']]

/** The log holds an event that this build does not know: it was written by a newer one, or by none of ours. */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent'
  readonly stream: string
  readonly position: Position
  readonly type: string
  readonly version: number
  constructor({ stream, position, type, version }: RecordedEvent) {
    super(`event at position ${position} in ${stream}: no ${type} of version ${version} is known here`)
    this.stream = stream
    this.position = position
    this.type = type
    this.version = version
  }
}

/** What should be stored is not what today's schema of its type allows. */
export class InvalidEvent extends Error {
  override readonly name = 'InvalidEvent'
  constructor(
    readonly type: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`${type}: ${reason}`, options)
  }
}

type Message = { readonly type: string; readonly data: unknown }

/**
 * An event in stored form, as today's version of its type; its keys come from `subjectsOfEvent`.
 * @throws InvalidEvent
 * @throws SubjectForgotten when it holds new personal data of somebody without a key.
 */
export function encodeEvent({ type, data }: Message, meta: EventMeta, id: string, keys: SubjectKeys): NewEvent {
  const { version, schema } = today(type)
  return {
    id,
    type,
    version,
    data: sealData(schema, parse(type, schema, data), keys),
    meta: parse(type, EventMeta, meta),
  }
}

/** Whose keys it takes to encode an event. @throws InvalidEvent */
export function subjectsOfEvent({ type, data }: Message): string[] {
  return subjectsOf(today(type).schema, data)
}

/** Whose keys it takes to decode a recorded event. @throws UnreadableEvent */
export function subjectsOfRecorded(recorded: RecordedEvent): string[] {
  return subjectsOf(definitionOf(recorded).schemas[recorded.version]!, recorded.data)
}

/**
 * A recorded event opened and lifted to today's version; values of subjects without key read as `Forgotten`.
 *
 * What was checked when it was written is not checked again: parsing would cost several times what reading does, and could
 * only refuse a fact that has happened. That old versions still come out as today's schema wants them is held by the samples.
 * @throws UnreadableEvent
 * @throws SealBroken
 */
export function decodeEvent(recorded: RecordedEvent, keys: SubjectKeys): OpenedEvent {
  return lift(recorded, openData(definitionOf(recorded).schemas[recorded.version]!, recorded.data, keys)) as OpenedEvent
}

/** As `decodeEvent`, but personal values stay sealed: for who keeps ciphertext. @throws UnreadableEvent */
export function upcast(recorded: RecordedEvent): StoredEvent {
  return lift(recorded, recorded.data) as StoredEvent
}

function today(type: string) {
  const definition = eventDefinitions.get(type)
  if (!definition) throw new InvalidEvent(type, 'no such event is defined')
  return { version: definition.version, schema: definition.schemas[definition.version]! }
}

function definitionOf(recorded: RecordedEvent) {
  const definition = eventDefinitions.get(recorded.type)
  if (!definition?.schemas[recorded.version]) throw new UnreadableEvent(recorded)
  return definition
}

function lift(recorded: RecordedEvent, data: unknown): RecordedEvent {
  const { version, upcasters } = definitionOf(recorded)
  if (recorded.version === version) return data === recorded.data ? recorded : { ...recorded, data }
  let lifted = data
  for (let from = recorded.version; from < version; from++) lifted = upcasters[from]!(lifted as never)
  return { ...recorded, version, data: lifted }
}

function parse<T>(type: string, schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new InvalidEvent(type, z.prettifyError(parsed.error), { cause: parsed.error })
  return parsed.data
}
