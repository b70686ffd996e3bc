import type { LinkFact } from './facts.ts'

/** The one name of a person, for any of their names. */
export type Stitched = (person: string) => string

/**
 * Who is one person: the connected names, each set by its smallest name, whatever the order of the links. Disjoint sets with path halving
 * (Tarjan and van Leeuwen, J. ACM 31(2), 1984), in nearly linear time.
 */
export function stitch(links: Iterable<LinkFact>): Stitched {
  const parents = new Map<string, string>()
  const rootOf: Stitched = (person) => {
    let at = person
    for (let parent = parents.get(at); parent !== undefined; parent = parents.get(at)) {
      const above = parents.get(parent)
      if (above === undefined) return parent
      parents.set(at, above)
      at = above
    }
    return at
  }
  for (const { person, samePerson } of links) {
    const [a, b] = [rootOf(person), rootOf(samePerson)]
    if (a < b) parents.set(b, a)
    else if (b < a) parents.set(a, b)
  }
  return rootOf
}
