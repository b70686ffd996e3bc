import { v5, v7 } from 'uuid'
import { z } from 'zod'
import { randomPart } from './random.ts'

/** Any id of ours: a UUID as we make them, or the id a foreign system gave, as long as it is short and plain enough for a stream name and a URL. */
export const Id = z.string().regex(/^[A-Za-z0-9._:-]{1,64}$/, 'an id is 1 to 64 characters of A-Z a-z 0-9 . _ : -')
export type Id = z.infer<typeof Id>

export class InvalidId extends Error {
  override readonly name = 'InvalidId'
  constructor(
    readonly value: string,
    /** What a right one looks like. */
    readonly rule: string,
  ) {
    super(`"${value}": ${rule}`)
  }
}

/** Of the id made last: its millisecond, and a number that counts on within it. */
let [msecs, seq] = [0, 0]

/** A fresh id: UUIDv7, so that ids made later sort later and indexes stay dense. */
export function newId(): Id {
  const now = Date.now()
  const random = randomPart(16)
  if (now > msecs) {
    msecs = now
    seq = random.readUInt32BE(6) >>> 2 // of 32 bits: leaves room to count on
  } else if (++seq > 0xffff_ffff) {
    msecs++
    seq = 0
  }
  return v7({ random, msecs, seq })
}

// Derived ids are in stored events: this constant and the way of joining are the storage format.
const DERIVED = '6f2f0d9e-6f0c-5a5e-9d0c-2b7c3a1e4f58'

/** The id that belongs to `name` within `parent` (e.g. the third event of a command): always the same for the same two texts, UUIDv5. */
export function deriveId(parent: string, name: string): Id {
  return v5(JSON.stringify([parent, name]), DERIVED)
}

const category = /^[a-z][A-Za-z0-9_]*$/

/** `deal`, `D-1` → `deal-D-1`. @throws InvalidId */
export function streamName(kind: string, id: string): string {
  if (!category.test(kind))
    throw new InvalidId(kind, 'a stream category is a word of a-z A-Z 0-9 _ that starts with a small letter')
  const checked = Id.safeParse(id)
  if (!checked.success) throw new InvalidId(id, checked.error.issues[0]!.message)
  return `${kind}-${id}`
}

/** `deal-D-1` → `deal`. @throws InvalidId */
export function streamCategory(stream: string): string {
  return splitStream(stream)[0]
}

/** `deal-D-1` → `D-1`. @throws InvalidId */
export function streamId(stream: string): Id {
  return splitStream(stream)[1]
}

function splitStream(stream: string): [category: string, id: string] {
  const dash = stream.indexOf('-')
  const kind = stream.slice(0, Math.max(dash, 0))
  const id = stream.slice(dash + 1)
  if (!category.test(kind) || !Id.safeParse(id).success) {
    throw new InvalidId(stream, 'a stream is named <category>-<id>, e.g. deal-D1')
  }
  return [kind, id]
}
