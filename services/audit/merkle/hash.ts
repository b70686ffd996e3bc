// The hashes of a Merkle tree, RFC 9162 §2.1 (as in RFC 6962): a leaf is SHA-256(0x00 ‖ data), a node SHA-256(0x01 ‖ left ‖ right), so that no
// node can be passed off as a leaf.
import { hash } from 'node:crypto'

/** Bytes of a hash. */
export const HASH = 32

// `binary` (one character a byte) and a copy take a third of the time that a Buffer made by the hash function takes.
const ENCODING = 'binary'

let leaf = Buffer.alloc(4096)

/** Writes the hash of a leaf into `to` at `offset`. */
export function hashLeaf(data: Uint8Array, to: Buffer, offset: number): void {
  const length = data.length + 1
  if (leaf.length < length) leaf = Buffer.alloc(2 * length)
  leaf.set(data, 1)
  to.write(hash('sha256', leaf.subarray(0, length), ENCODING), offset, ENCODING)
}

/** The hash of a leaf. */
export function leafHash(data: Uint8Array | string): Buffer {
  const to = Buffer.alloc(HASH)
  hashLeaf(typeof data === 'string' ? Buffer.from(data) : data, to, 0)
  return to
}

const node = Buffer.alloc(1 + 2 * HASH)
node[0] = 1

/** The hash of the node over two others. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  const to = Buffer.alloc(HASH)
  hashNode(left, 0, right, to)
  return to
}

/** Writes the hash of the node over `left` (at an offset) and `right` into `to`, which may be one of them. */
export function hashNode(left: Uint8Array, offset: number, right: Uint8Array, to: Buffer): void {
  for (let i = 0; i < HASH; i++) {
    node[1 + i] = left[offset + i]!
    node[1 + HASH + i] = right[i]!
  }
  to.write(hash('sha256', node, ENCODING), 0, ENCODING)
}

/** Root of the tree without leaves: the hash of nothing. */
export const EMPTY_ROOT: Buffer = Buffer.from(hash('sha256', '', 'hex'), 'hex')
