/** What filters say of null. */
export const notStated = 'A condition left out asks for nothing; null asks for what is not stated.'

/** A filter as queries take it: for the conditions `without` a meaning of null, null is the same as left out. */
export function given<Filter extends object>(
  conditions: { readonly [name in keyof Filter]?: Filter[name] | null },
  without: readonly (keyof Filter)[],
): Filter {
  const entries = Object.entries(conditions).filter(
    ([name, value]) => value !== undefined && !(value === null && without.includes(name as keyof Filter)),
  )
  return Object.fromEntries(entries) as Filter
}
