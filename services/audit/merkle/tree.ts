import { EMPTY_ROOT, HASH, hashNode } from './hash.ts'

/** Levels of a tree over as many leaves as a number can count. */
const LEVELS = 53

/**
 * A Merkle tree (RFC 9162 §2.1.1) that leaves are added to one by one. It keeps the roots of its perfect subtrees only, one a
 * level at most: memory is logarithmic in the number of leaves, and its root can be asked for at any size on the way.
 */
export class MerkleTree {
  private count = 0
  private readonly peaks = Buffer.alloc(LEVELS * HASH)
  private readonly carry = Buffer.alloc(HASH)

  /** Leaves so far. */
  get size(): number {
    return this.count
  }

  /** Adds leaves, given as their hashes end to end; `from` and `to` count leaves. */
  add(hashes: Buffer, from = 0, to: number = hashes.length / HASH): void {
    for (let i = from; i < to; i++) this.addOne(hashes, i * HASH)
  }

  private addOne(hashes: Buffer, offset: number): void {
    hashes.copy(this.carry, 0, offset, offset + HASH)
    let level = 0
    for (let rest = this.count; rest % 2 === 1; rest = (rest - 1) / 2, level++)
      hashNode(this.peaks, level * HASH, this.carry, this.carry)
    this.carry.copy(this.peaks, level * HASH)
    this.count++
  }

  /** The same tree, to go on on its own. */
  clone(): MerkleTree {
    const clone = new MerkleTree()
    clone.count = this.count
    this.peaks.copy(clone.peaks)
    return clone
  }

  /** Root over the leaves so far, in hexadecimal. */
  root(): string {
    if (this.count === 0) return EMPTY_ROOT.toString('hex')
    let root: Buffer | undefined
    for (let rest = this.count, level = 0; rest > 0; rest = Math.floor(rest / 2), level++) {
      if (rest % 2 === 0) continue
      if (root) hashNode(this.peaks, level * HASH, root, root)
      else root = Buffer.from(this.peaks.subarray(level * HASH, (level + 1) * HASH))
    }
    return root!.toString('hex')
  }
}
