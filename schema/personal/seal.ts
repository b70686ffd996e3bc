import type { z } from 'zod'
import { CipherBroken, decrypt, encrypt } from './cipher.ts'
import { FORGOTTEN, isForgotten, type Plan, planOf } from './mark.ts'

/** A personal value as it is stored: base64url of what `encrypt` gives for its JSON, bound to subject and field. */
export interface Sealed {
  readonly sealed: string
}

/** Data subject → its 32-byte key. */
export type SubjectKeys = ReadonlyMap<string, Buffer>

/** Personal data of somebody who was forgotten (or of whom no key is known) cannot be stored. */
export class SubjectForgotten extends Error {
  override readonly name = 'SubjectForgotten'
  constructor(
    readonly subject: string,
    readonly field: string,
  ) {
    super(`${field}: subject ${subject} has no key: was forgotten`)
  }
}

/** A stored personal value is not what was sealed there: damaged, moved from another subject or field, or not sealed at all. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken'
  constructor(
    readonly subject: string,
    readonly field: string,
    why: string,
    options?: ErrorOptions,
  ) {
    super(`${field} of subject ${subject}: ${why}`, options)
  }
}

/** The subjects whose keys `sealData` needs for this data, or `openData` for this stored data; each once. */
export function subjectsOf(schema: z.ZodType, data: unknown): string[] {
  const plan = planOf(schema)
  if (!plan) return []
  const subjects = new Set<string>()
  rewrite(plan, data, (value, subject) => {
    if (!isForgotten(value)) subjects.add(subject)
    return value
  })
  return [...subjects]
}

/**
 * Data in stored form: every personal value becomes `Sealed`. Absent, null and forgotten values stay as they are, as does data
 * of a schema without personal fields.
 * @throws SubjectForgotten
 */
export function sealData(schema: z.ZodType, data: unknown, keys: SubjectKeys): unknown {
  const plan = planOf(schema)
  if (!plan) return data
  return rewrite(plan, data, (value, subject, path) => {
    if (isForgotten(value)) return value
    const key = keys.get(subject)
    if (!key) throw new SubjectForgotten(subject, path.join('.'))
    return { sealed: encrypt(key, Buffer.from(JSON.stringify(value)), [subject, ...path]).toString('base64url') }
  })
}

/**
 * Stored data opened again: what `sealData` was given, with `Forgotten` for the values of subjects without key.
 * @throws SealBroken
 */
export function openData(schema: z.ZodType, stored: unknown, keys: SubjectKeys): unknown {
  const plan = planOf(schema)
  if (!plan) return stored
  return rewrite(plan, stored, (value, subject, path) => {
    if (isForgotten(value)) return value
    const field = path.join('.')
    if (!isSealed(value)) throw new SealBroken(subject, field, 'is not sealed')
    const key = keys.get(subject)
    if (!key) return FORGOTTEN
    try {
      return JSON.parse(decrypt(key, Buffer.from(value.sealed, 'base64url'), [subject, ...path]).toString())
    } catch (cause) {
      if (!(cause instanceof CipherBroken)) throw cause
      throw new SealBroken(subject, field, cause.message, { cause })
    }
  })
}

/**
 * Opened data with `by(value)` in the place of each personal value that is there: null for who was forgotten, undefined to leave the field out
 * of what becomes JSON.
 */
export function replacePersonal(schema: z.ZodType, data: unknown, by: (value: unknown) => unknown): unknown {
  const plan = planOf(schema)
  return plan ? rewrite(plan, data, by) : data
}

function isSealed(value: unknown): value is Sealed {
  return typeof value === 'object' && value !== null && 'sealed' in value && typeof value.sealed === 'string'
}

type Change = (value: unknown, subject: string, path: readonly string[]) => unknown
type Json = { readonly [name: string]: unknown }

/** A copy of the data with every personal value that is there changed; the parts without any are shared with the original. */
function rewrite(plan: Plan, data: unknown, change: Change, subject?: string, path: readonly string[] = []): unknown {
  if (data === undefined || data === null) return data
  if (plan.kind !== 'value' && typeof data !== 'object') return data // not as its schema says: there is no personal field in it
  switch (plan.kind) {
    case 'value':
      if (subject === undefined)
        throw new TypeError(
          `${path.join('.')}: no subject beside a personal field; check the data against its schema first`,
        )
      return change(data, subject, path)
    case 'each':
      if (Array.isArray(data))
        return data.map((item, i) => rewrite(plan.item, item, change, subject, [...path, String(i)]))
      return Object.fromEntries(
        Object.entries(data).map(([name, item]) => [name, rewrite(plan.item, item, change, subject, [...path, name])]),
      )
    case 'object': {
      const object = data as Json
      const own = typeof object.subject === 'string' ? object.subject : undefined
      const copy = { ...object }
      for (const [name, field] of plan.fields) {
        if (object[name] !== undefined) copy[name] = rewrite(field, object[name], change, own, [...path, name])
      }
      return copy
    }
    case 'variants': {
      const variant = plan.variants.get((data as Json)[plan.discriminator])
      return variant ? rewrite(variant, data, change, subject, path) : data
    }
  }
}
