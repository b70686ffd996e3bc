import type { NewEvent } from '@headwater/schema'
import { type Expected, InvalidAppend } from '../../ports/event-log.ts'

/** An append in the form in which it travels to Postgres. */
export interface EncodedAppend {
  readonly stream: string
  readonly expected: Expected
  readonly ids: readonly string[]
  readonly types: readonly string[]
  readonly bodies: readonly string[]
  /** Characters of all bodies. */
  readonly size: number
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** Control characters (a line feed would split the name) and halves of surrogate pairs (which UTF-8 cannot say). */
const NOT_IN_NAMES = /[\p{Cc}\p{Cs}]/u
const MAX_NAME = 512
const MAX_SIZE = 64 * 1024 * 1024

/** @throws InvalidAppend before anything is written. */
export function encodeAppend(stream: string, events: readonly NewEvent[], expected: Expected): EncodedAppend {
  const refuse = (reason: string) => new InvalidAppend(stream, reason)
  if (!isName(stream)) throw refuse('the name is empty, too long, or has characters that no name may have')
  if (typeof expected === 'number' && !(Number.isInteger(expected) && expected >= 0))
    throw refuse(`${expected} is no revision`)
  if (events.length === 0) throw refuse('there are no events to append')
  const bodies = events.map(({ id, type, version, data, meta }) => {
    if (!UUID.test(id)) throw refuse(`event id ${id} is not a UUID`)
    if (!isName(type)) throw refuse(`event ${id} has no proper type`)
    try {
      return JSON.stringify({ id, type, version, data, meta })
    } catch (cause) {
      throw new InvalidAppend(stream, `event ${id} is no JSON: ${(cause as Error).message}`, { cause })
    }
  })
  const ids = events.map(({ id }) => id.toLowerCase())
  if (new Set(ids).size < ids.length) throw refuse('two events have the same id')
  const size = bodies.reduce((sum, body) => sum + body.length, 0)
  if (size > MAX_SIZE) throw refuse(`${size} characters are more than one append may have (${MAX_SIZE})`)
  return { stream, expected, ids, types: events.map(({ type }) => type), bodies, size }
}

export function isName(text: string): boolean {
  return text.length > 0 && text.length <= MAX_NAME && !NOT_IN_NAMES.test(text)
}
