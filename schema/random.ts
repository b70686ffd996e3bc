import { randomFillSync } from 'node:crypto'

/** Asking the system costs the same for 16 bytes as for some thousands. */
const block = Buffer.alloc(8_192)
let used = block.length

/** Random bytes (at most 256), each handed out once; good until the next call. */
export function randomPart(bytes: number): Buffer {
  if (used + bytes > block.length) {
    randomFillSync(block)
    used = 0
  }
  used += bytes
  return block.subarray(used - bytes, used)
}
