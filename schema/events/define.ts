import type { z } from 'zod'
import { personalPaths } from '../personal/index.ts'

/** One event type with the schema of every version ever written, and what lifts a version to the next. */
export interface EventDefinition<Type extends string = string, Data = unknown> {
  readonly type: Type
  /** The version written today: the highest. */
  readonly version: number
  /** By version; a version once written is never changed or removed. */
  readonly schemas: Readonly<Record<number, z.ZodType>>
  /** `upcasters[n]` turns data of version n into version n + 1. Personal values may be sealed still: it passes them on at their place. */
  readonly upcasters: Readonly<Record<number, (data: never) => unknown>>
  /** Phantom: the data of today's version. */
  readonly data?: Data
}

type Last<Schemas extends readonly z.ZodType[]> = Schemas extends readonly [...z.ZodType[], infer S extends z.ZodType]
  ? S
  : never

/**
 * Defines an event: its name (which is the storage format: never rename it) and its schemas, oldest first.
 * @throws Error when a version lacks the upcaster to its successor. @throws PersonalSchemaError when personal fields could not be sealed.
 */
export const defineEvent = <Type extends string, const Schemas extends readonly [z.ZodType, ...z.ZodType[]]>(
  type: Type,
  schemas: Schemas,
  ...upcasters: Array<(data: never) => unknown>
): EventDefinition<Type, z.infer<Last<Schemas>>> => {
  if (upcasters.length !== schemas.length - 1)
    throw new Error(`${type}: ${schemas.length} versions need ${schemas.length - 1} upcasters, not ${upcasters.length}`)
  for (const schema of schemas) personalPaths(schema)
  return {
    type,
    version: schemas.length,
    schemas: Object.fromEntries(schemas.map((schema, i) => [i + 1, schema])),
    upcasters: Object.fromEntries(upcasters.map((upcast, i) => [i + 1, upcast])),
  }
}

/** The events of some definitions as a union discriminated on `type`: what deciders return. */
export type EventOf<Definitions extends readonly EventDefinition[]> = {
  [I in keyof Definitions]: Definitions[I] extends EventDefinition<infer Type, infer Data>
    ? { readonly type: Type; readonly data: Data }
    : never
}[number]
