import { canonical } from '../canonical.ts'
import { leafHash, MerkleTree } from '../merkle/index.ts'
import type { SealContent } from '../seal.ts'

/** What is sealed of a period with these statements, each followed by its lines. */
export function contentOf(
  leaves: Iterable<unknown>,
  of: Pick<SealContent, 'period' | 'statements' | 'total' | 'log'>,
): SealContent {
  const tree = new MerkleTree()
  for (const leaf of leaves) tree.add(leafHash(canonical(leaf)))
  return { ...of, lines: tree.size - of.statements, linesRoot: tree.root() }
}
