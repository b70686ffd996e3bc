// Ids that come twice, found exactly and in constant memory over two readings of the same files.
import { hash } from 'node:crypto'
import { ImportError } from '../errors.ts'

const bits = 2 ** 28
const mostCandidates = 1_000_000

export interface Place {
  readonly file: string
  readonly line: number
}

/**
 * In the first reading a Bloom filter (32 MiB) finds every id that may have come before: all that did, and of ten million different ids some
 * thousand that did not. Only of these the second reading keeps where they come first.
 */
export class RepeatedIds {
  private readonly filter = new Uint8Array(bits / 8)
  private readonly candidates = new Map<string, Place | undefined>()

  /** First reading. @throws ImportError when there is no end of repeated ids */
  note(id: string, file: string): void {
    const digest = hash('sha1', id, 'buffer')
    let known = true
    for (let i = 0; i < 20; i += 4) {
      const bit = digest.readUInt32LE(i) % bits
      const mask = 1 << (bit & 7)
      if ((this.filter[bit >>> 3]! & mask) === 0) known = false
      this.filter[bit >>> 3]! |= mask
    }
    if (!known) return
    this.candidates.set(id, undefined)
    if (this.candidates.size > mostCandidates)
      throw new ImportError(
        'ids-repeated',
        `more than ${mostCandidates} ids come more than once`,
        { file },
        'where a row is an event of a case and not the case, the mapping says rows: event',
      )
  }

  /** Second reading (or a third): where this id came before, if it did. */
  placeBefore(id: string, { file, line }: Place): Place | undefined {
    if (!this.candidates.has(id)) return undefined
    const first = this.candidates.get(id)
    if (first === undefined) this.candidates.set(id, { file, line })
    return first?.file === file && first.line === line ? undefined : first
  }
}
