import { builder } from './builder.ts'

/** `store-manager` → `STORE_MANAGER`. */
export const enumName = (value: string): string =>
  value
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toUpperCase()

/** An enum whose values within are the domain's own words, each with what it means. */
export function defineEnum<const Values extends Readonly<Record<string, string>>>(
  name: string,
  description: string,
  values: Values,
) {
  type Value = keyof Values & string
  const entries = Object.entries(values).map(([value, meaning]) => [
    enumName(value),
    { value: value as Value, description: meaning },
  ])
  return builder.enumType(name, {
    description,
    values: Object.fromEntries(entries) as Record<string, { value: Value; description: string }>,
  })
}
