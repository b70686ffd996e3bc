import { canonical } from './canonical.ts'
import { inclusionProof, leafHash, merkleRoot, type Path } from './merkle/index.ts'
import type { ClosedPeriod } from './seal.ts'

/** That a statement or a line is one of a closed period's: JSON, checked by `standalone/verify.mjs` without anything of ours. */
export interface LeafProof {
  readonly format: 'headwater-proof'
  readonly version: 1
  /** The statement or line. */
  readonly leaf: unknown
  /** Its place among the period's statements and lines, from 0. */
  readonly index: number
  /** Siblings from the leaf up to the root, in hexadecimal. */
  readonly path: Path
  /** What was sealed, and its seal. */
  readonly close: ClosedPeriod
}

/** The statements and lines are not the ones that were sealed. */
export class NotAsSealed extends Error {
  override readonly name = 'NotAsSealed'
  constructor(readonly period: string) {
    super(`these are not the statements and lines that were sealed for ${period}: nothing can be proven with them`)
  }
}

/**
 * Proves what is at `index` of the period's statements and lines, given in the order in which they were sealed.
 * @throws RangeError where nothing is @throws NotAsSealed
 */
export function proveLeaf(sealed: Iterable<unknown>, index: number, close: ClosedPeriod): LeafProof {
  let leaf: unknown
  const leaves: Buffer[] = []
  for (const each of sealed) {
    if (leaves.length === index) leaf = each
    leaves.push(leafHash(canonical(each)))
  }
  const path = inclusionProof(leaves, index)
  const { statements, lines, linesRoot, period } = close
  if (leaves.length !== statements + lines || merkleRoot(leaves) !== linesRoot) throw new NotAsSealed(period)
  return { format: 'headwater-proof', version: 1, leaf, index, path, close }
}
