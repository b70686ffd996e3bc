// Groups of visits: the codes of their dimensions and of the cohort's bucket, taken together as one number.
import { bucketStart, type TimeUnit, type TimeZone } from '@headwater/schema'
import { LRUCache } from 'lru-cache'
import type { Dimension, GroupKey } from '../query.ts'
import type { Columns, VisitDimension } from './columns.ts'
import { Dictionary, withRoom } from './dictionary.ts'

const minute = 60_000
/** Since then every zone's clock has differed from UTC by whole minutes. */
const wholeMinutes = Date.UTC(1973, 0)

/** The clocks of zones differ by multiples of it, but may be set forward or back within. */
const quarter = 15

/** The time bucket of an instant as a code: known by the minute, worked out by quarters of an hour where they are in one bucket. */
class Buckets {
  readonly names = new Dictionary<string>()
  private readonly known = new Map<number, Int32Array>()

  constructor(
    private readonly unit: TimeUnit,
    private readonly zone: TimeZone,
  ) {}

  codeOf(ms: number): number {
    if (ms < wholeMinutes) return this.workOut(ms)
    const at = Math.floor(ms / minute)
    // Pages of some eleven days.
    const page = at >>> 14
    let codes = this.known.get(page)
    if (!codes) {
      codes = new Int32Array(1 << 14)
      this.known.set(page, codes)
    }
    const known = codes[at & 0x3fff]!
    if (known > 0) return known - 1
    const start = at - (at % quarter)
    const code = this.workOut(ms)
    const whole = this.workOut(start * minute) === code && this.workOut((start + quarter - 1) * minute) === code
    for (let each = whole ? start : at; each < (whole ? start + quarter : at + 1); each++)
      if (each >>> 14 === page) codes[each & 0x3fff] = code + 1
    return code
  }

  private workOut(ms: number): number {
    return this.names.codeOf(bucketStart(ms, this.unit, this.zone))
  }
}

const kept = new LRUCache<string, Buckets>({ max: 8 })

/** Those of a zone are the same whoever asks. */
export function bucketsOf(unit: TimeUnit, zone: TimeZone): Buckets {
  const key = `${unit} ${zone}`
  const known = kept.get(key) ?? new Buckets(unit, zone)
  kept.set(key, known)
  return known
}

/** More buckets than a cohort can have: up to every day of some 180 years. */
const bucketRadix = 1 << 16
const denseLimit = 1 << 21

export class Groups {
  /** By group: its code. */
  readonly codes: number[] = []
  readonly byBucket: boolean
  private readonly parts: { readonly dimension: VisitDimension; readonly radix: number; readonly stride: number }[] = []
  /** By part. */
  private codesOf: ArrayLike<number>[] = []
  private readonly bucketStride: number
  private readonly dense: Int32Array | undefined
  private readonly sparse = new Map<number, number>()

  constructor(
    private readonly columns: Columns,
    groupBy: readonly Dimension[],
    private readonly buckets: Buckets,
  ) {
    let stride = 1
    for (const dimension of groupBy) {
      if (dimension === 'bucket') continue
      const radix = withRoom(columns.names[dimension].size)
      this.parts.push({ dimension, radix, stride })
      stride *= radix
    }
    this.bind()
    this.byBucket = groupBy.includes('bucket')
    this.bucketStride = stride
    const radix = stride * (this.byBucket ? bucketRadix : 1)
    if (radix <= denseLimit) this.dense = new Int32Array(radix)
  }

  /** To be called whenever the columns may have changed. False where a dimension has more values than there is room for. */
  bind(): boolean {
    this.codesOf = this.parts.map(({ dimension }) => this.columns.visits[dimension])
    return this.parts.every(({ dimension, radix }) => this.columns.names[dimension].size <= radix)
  }

  /** The group's number, in order of appearance. `bucket` is a code, 0 where it is not asked for. */
  of(visit: number, bucket: number): number {
    let code = bucket * this.bucketStride
    const { parts, codesOf } = this
    for (let i = 0; i < parts.length; i++) code += codesOf[i]![visit]! * parts[i]!.stride
    if (this.dense) {
      const known = this.dense[code]!
      if (known > 0) return known - 1
      this.dense[code] = this.codes.push(code)
    } else {
      const known = this.sparse.get(code)
      if (known !== undefined) return known
      this.sparse.set(code, this.codes.push(code) - 1)
    }
    return this.codes.length - 1
  }

  keyOf(group: number): GroupKey {
    const code = this.codes[group]!
    const key: Partial<Record<Dimension, string | null>> = {}
    for (const { dimension, radix, stride } of this.parts)
      key[dimension] = this.columns.names[dimension].values[Math.floor(code / stride) % radix]!
    if (this.byBucket) key.bucket = this.buckets.names.values[Math.floor(code / this.bucketStride)]!
    return key
  }
}
