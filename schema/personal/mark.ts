import { z } from 'zod'

/** What stands in the place of a personal value whose subject was forgotten; the same after a trip through JSON. */
export const Forgotten = z.strictObject({ forgotten: z.literal(true) })
export type Forgotten = z.infer<typeof Forgotten>
export const FORGOTTEN: Forgotten = Object.freeze({ forgotten: true })

export function isForgotten(value: unknown): value is Forgotten {
  return typeof value === 'object' && value !== null && 'forgotten' in value && value.forgotten === true
}

const marks = z.registry<{ personal: true }>()

/**
 * Marks a field as personal data: it is stored encrypted with the key of the person that the field `subject` beside it
 * names, and reads as `Forgotten` once that person is forgotten.
 */
export function personal<T extends z.ZodType>(type: T): z.ZodUnion<readonly [T, typeof Forgotten]> {
  const marked = z.union([type, Forgotten])
  marks.add(marked, { personal: true })
  return marked
}

/** A schema says something of personal fields that cannot be kept, such as a personal field without a `subject` beside it. */
export class PersonalSchemaError extends Error {
  override readonly name = 'PersonalSchemaError'
}

/** Where a schema's personal fields are; undefined where it has none. */
export type Plan =
  | { readonly kind: 'value' }
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, Plan> }
  | { readonly kind: 'each'; readonly item: Plan }
  | { readonly kind: 'variants'; readonly discriminator: string; readonly variants: ReadonlyMap<unknown, Plan> }

const plans = new WeakMap<z.core.$ZodType, { readonly plan: Plan | undefined }>()

/** The plan of a schema, made once. @throws PersonalSchemaError */
export function planOf(schema: z.core.$ZodType): Plan | undefined {
  let found = plans.get(schema)
  if (!found) {
    const plan = makePlan(schema, '', [])
    if (plan && hasLooseValue(plan)) throw new PersonalSchemaError('a personal value must be a field of an object')
    found = { plan }
    plans.set(schema, found)
  }
  return found.plan
}

/**
 * The personal fields of a schema, e.g. `contact.name`, `guests[].phone`. Call it where a schema is defined: it also checks that
 * they can be sealed.
 * @throws PersonalSchemaError when a personal field has no required text field `subject` beside it, or is where the walk
 * does not go: inside a union without discriminator, a tuple, an intersection, a transformation or a recursive schema.
 */
export function personalPaths(schema: z.ZodType): readonly string[] {
  const plan = planOf(schema)
  return plan ? [...new Set(pathsOf(plan, ''))] : []
}

function makePlan(schema: z.core.$ZodType, path: string, above: readonly z.core.$ZodType[]): Plan | undefined {
  if (isMarked(schema)) return { kind: 'value' }
  const { def } = (schema as z.core.$ZodTypes)._zod
  if (above.includes(schema)) return refuseIfPersonal(schema, path, 'a recursive schema')
  const within = [...above, schema]
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return makePlan(def.innerType, path, within)
    case 'array':
    case 'record': {
      const item = makePlan(def.type === 'array' ? def.element : def.valueType, `${path}[]`, within)
      return item && { kind: 'each', item }
    }
    case 'object': {
      const fields = new Map<string, Plan>()
      for (const [name, field] of Object.entries(def.shape)) {
        const plan = makePlan(field, path ? `${path}.${name}` : name, within)
        if (plan) fields.set(name, plan)
      }
      if (fields.size === 0) return undefined
      const subject = (def.shape.subject as z.core.$ZodTypes | undefined)?._zod.def
      for (const [name, plan] of fields) {
        if (!hasLooseValue(plan) || subject?.type === 'string') continue
        const field = path ? `${path}.${name}` : name
        throw new PersonalSchemaError(
          `${field} is personal: the object needs a required text field "subject" beside it, the person's id`,
        )
      }
      return { kind: 'object', fields }
    }
    case 'union': {
      const discriminator = 'discriminator' in def ? String(def.discriminator) : undefined
      if (discriminator === undefined) return refuseIfPersonal(schema, path, 'a union without discriminator')
      const variants = new Map<unknown, Plan>()
      for (const option of def.options) {
        const plan = makePlan(option, path, within)
        if (!plan) continue
        const values = option._zod.propValues?.[discriminator]
        if (!values) return refuseIfPersonal(schema, path, `a union that "${discriminator}" does not tell apart`)
        for (const value of values) variants.set(value, plan)
      }
      return variants.size ? { kind: 'variants', discriminator, variants } : undefined
    }
    default:
      return refuseIfPersonal(schema, path, `a schema of kind "${def.type}"`)
  }
}

/** `get`, unlike `has`, also sees the mark of the schema that this one was made from by `.describe()`, `.refine()` and the like. */
function isMarked(schema: z.core.$ZodType): boolean {
  return marks.get(schema) !== undefined
}

/** A mark that the walk does not reach would leave personal data in the clear: better no schema at all. */
function refuseIfPersonal(schema: z.core.$ZodType, path: string, where: string): undefined {
  if (holdsMark(schema, new Set()))
    throw new PersonalSchemaError(`${path || 'the schema'}: a personal field inside ${where} cannot be sealed`)
}

function holdsMark(part: unknown, seen: Set<unknown>): boolean {
  if (typeof part !== 'object' || part === null || seen.has(part)) return false
  seen.add(part)
  if (!('_zod' in part)) return Object.values(part).some((inner) => holdsMark(inner, seen))
  const { _zod } = part as z.core.$ZodTypes
  if (isMarked(part as z.core.$ZodType)) return true
  return holdsMark(_zod.def, seen) || (_zod.def.type === 'lazy' && holdsMark(_zod.def.getter(), seen))
}

/** Whether a personal value is reached without entering an object, so that the object around must name its subject. */
function hasLooseValue(plan: Plan): boolean {
  return plan.kind === 'value' || (plan.kind === 'each' && hasLooseValue(plan.item))
}

function* pathsOf(plan: Plan, path: string): Iterable<string> {
  if (plan.kind === 'value') yield path
  else if (plan.kind === 'each') yield* pathsOf(plan.item, `${path}[]`)
  else if (plan.kind === 'variants') for (const variant of plan.variants.values()) yield* pathsOf(variant, path)
  else for (const [name, field] of plan.fields) yield* pathsOf(field, path ? `${path}.${name}` : name)
}
