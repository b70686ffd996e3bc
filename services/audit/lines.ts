import { canonical } from './canonical.ts'
import { inclusionProof, leafHash, merkleRoot, type Path } from './merkle/index.ts'
import type { ClosedPeriod } from './seal.ts'

/** That a line is one of a closed period's: JSON, checked by `standalone/verify.mjs` without anything of ours. */
export interface LineProof {
  readonly format: 'headwater-line-proof'
  readonly version: 1
  readonly line: unknown
  /** Place among the period's lines, from 0. */
  readonly index: number
  /** Siblings from the leaf up to the root of the lines, in hexadecimal. */
  readonly path: Path
  /** What was sealed, and its seal. */
  readonly close: ClosedPeriod
}

/** The lines are not the ones that were sealed. */
export class LinesNotSealed extends Error {
  override readonly name = 'LinesNotSealed'
  constructor(readonly period: string) {
    super(`these are not the lines that were sealed for ${period}: nothing can be proven with them`)
  }
}

/**
 * Proves the line at `index` of the period's lines, given in the order in which they were sealed.
 * @throws RangeError for no such line @throws LinesNotSealed
 */
export function proveLine(lines: Iterable<unknown>, index: number, close: ClosedPeriod): LineProof {
  let line: unknown
  const leaves: Buffer[] = []
  for (const each of lines) {
    if (leaves.length === index) line = each
    leaves.push(leafHash(canonical(each)))
  }
  const path = inclusionProof(leaves, index)
  if (leaves.length !== close.lines || merkleRoot(leaves) !== close.linesRoot) throw new LinesNotSealed(close.period)
  return { format: 'headwater-line-proof', version: 1, line, index, path, close }
}
