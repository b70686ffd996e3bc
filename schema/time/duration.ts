import { z } from 'zod'

/** A duration as its two parts that do not convert into each other: a local day can have 23 or 25 hours. */
export interface DurationParts {
  readonly days: number
  readonly ms: number
}

export class InvalidDuration extends Error {
  override readonly name = 'InvalidDuration'
  constructor(readonly text: string) {
    super(`"${text}" ${rule}`)
  }
}

const rule =
  'is not an ISO 8601 duration in whole weeks, days, hours, minutes and seconds, such as PT48H, P5D or P1DT12H'
const pattern = /^P(?=.)(?:(\d{1,5})W)?(?:(\d{1,5})D)?(?:T(?=.)(?:(\d{1,7})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$/

/** An ISO 8601 duration without months and years (whose length varies): `PT48H`, `P5D`, `P1W`. */
export const Duration = z.string().regex(pattern, rule)
export type Duration = z.infer<typeof Duration>

/** `PT48H` → 48 hours in milliseconds; `P5D` → 5 calendar days. @throws InvalidDuration */
export function parseDuration(text: Duration): DurationParts {
  const match = pattern.exec(text)
  if (!match) throw new InvalidDuration(text)
  const [weeks, days, hours, minutes, seconds] = match.slice(1).map((digits) => Number(digits ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
  ]
  return { days: weeks * 7 + days, ms: ((hours * 60 + minutes) * 60 + seconds) * 1000 }
}
