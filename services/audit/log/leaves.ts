import type { StoredPage } from '@headwater/infra/ports'
import { HASH, hashLeaf } from '../merkle/index.ts'

/** The leaf hashes of a page of stored events, end to end. */
export function leavesOf({ count, bytes, sizes }: StoredPage): Buffer {
  const hashes = Buffer.alloc(count * HASH)
  for (let i = 0, start = 0; i < count; i++) {
    const end = start + sizes[i]!
    hashLeaf(bytes.subarray(start, end), hashes, i * HASH)
    start = end
  }
  return hashes
}
