// Proofs of RFC 9162 §2.1.3 and §2.1.4: as many hashes as the tree has levels, at most twice that for consistency.
import { EMPTY_ROOT, HASH, hashNode, nodeHash } from './hash.ts'

/** Hashes from the bottom of the tree up, in hexadecimal. */
export type Path = readonly string[]

/** Leaf hashes, one after the other. */
type Leaves = readonly Buffer[]

/** Largest power of two below `n` (n > 1): where the tree over n leaves is divided. */
function divide(n: number): number {
  let k = 1
  while (2 * k < n) k *= 2
  return k
}

function rootOf(leaves: Leaves, from: number, to: number): Buffer {
  if (to === from) return EMPTY_ROOT
  if (to - from === 1) return leaves[from]!
  const middle = from + divide(to - from)
  return nodeHash(rootOf(leaves, from, middle), rootOf(leaves, middle, to))
}

/** Root over leaf hashes, in hexadecimal. */
export const merkleRoot = (leaves: Leaves): string => rootOf(leaves, 0, leaves.length).toString('hex')

/** That the leaf at `index` (from 0) is in the tree over these leaves. @throws RangeError for no such leaf */
export function inclusionProof(leaves: Leaves, index: number): Path {
  if (!Number.isInteger(index) || index < 0 || index >= leaves.length)
    throw new RangeError(`there is no leaf ${index} among ${leaves.length}`)
  const path: string[] = []
  let [from, to] = [0, leaves.length]
  while (to - from > 1) {
    const middle = from + divide(to - from)
    const other = index < middle ? rootOf(leaves, middle, to) : rootOf(leaves, from, middle)
    path.push(other.toString('hex'))
    if (index < middle) to = middle
    else from = middle
  }
  return path.reverse()
}

/** Whether `path` leads from the leaf hash at `index` to the `root` of a tree of `size` leaves (§2.1.3.2). */
export function verifyInclusion(
  leaf: Uint8Array,
  { index, size, path, root }: { index: number; size: number; path: Path; root: string },
): boolean {
  if (!isCount(index) || !isCount(size) || index >= size) return false
  const hash = Buffer.from(leaf)
  let [place, last] = [index, size - 1]
  for (const text of path) {
    const other = fromHex(text)
    if (!other || last === 0) return false
    if (place % 2 === 1 || place === last) {
      hashNode(other, 0, hash, hash)
      while (place % 2 === 0 && place > 0) [place, last] = up(place, last)
    } else hashNode(hash, 0, other, hash)
    ;[place, last] = up(place, last)
  }
  return last === 0 && hash.toString('hex') === root
}

/** That the tree over the first `oldSize` leaves is how the tree over all of them began. @throws RangeError unless 0 < oldSize ≤ their number */
export function consistencyProof(leaves: Leaves, oldSize: number): Path {
  if (!Number.isInteger(oldSize) || oldSize < 1 || oldSize > leaves.length)
    throw new RangeError(`a tree of ${leaves.length} leaves was never one of ${oldSize}`)
  const path: Buffer[] = []
  let [from, to] = [0, leaves.length]
  let whole = true // is the old tree's part of this subtree one that its root stands for?
  while (oldSize !== to) {
    const middle = from + divide(to - from)
    if (oldSize <= middle) {
      path.push(rootOf(leaves, middle, to))
      to = middle
    } else {
      path.push(rootOf(leaves, from, middle))
      from = middle
      whole = false
    }
  }
  if (!whole) path.push(rootOf(leaves, from, to))
  return path.reverse().map((hash) => hash.toString('hex'))
}

/** Whether `path` proves that the old tree is a prefix of the new one (§2.1.4.2). */
export function verifyConsistency({
  oldSize,
  oldRoot,
  size,
  root,
  path,
}: {
  oldSize: number
  oldRoot: string
  size: number
  root: string
  path: Path
}): boolean {
  if (!isCount(oldSize) || !isCount(size) || oldSize < 1 || oldSize > size) return false
  if (oldSize === size) return path.length === 0 && oldRoot === root
  // A perfect old tree is a node of the new one, and its root begins the path.
  const [first, ...rest] = (isPowerOfTwo(oldSize) ? [oldRoot, ...path] : path).map(fromHex)
  if (!first || rest.length === 0) return false
  let [place, last] = [oldSize - 1, size - 1]
  while (place % 2 === 1) [place, last] = up(place, last)
  const before = Buffer.from(first)
  const now = Buffer.from(first)
  for (const other of rest) {
    if (!other || last === 0) return false
    if (place % 2 === 1 || place === last) {
      hashNode(other, 0, before, before)
      hashNode(other, 0, now, now)
      while (place % 2 === 0 && place > 0) [place, last] = up(place, last)
    } else hashNode(now, 0, other, now)
    ;[place, last] = up(place, last)
  }
  return last === 0 && before.toString('hex') === oldRoot && now.toString('hex') === root
}

const up = (place: number, last: number): [number, number] => [Math.floor(place / 2), Math.floor(last / 2)]
const isCount = (n: number) => Number.isSafeInteger(n) && n >= 0
const isPowerOfTwo = (n: number) => Number.isInteger(Math.log2(n))

function fromHex(text: string): Buffer | undefined {
  return /^[0-9a-f]{64}$/.test(text) ? Buffer.from(text, 'hex').subarray(0, HASH) : undefined
}
