// Rates and shares: decimal texts in plans and events, exact millionths in arithmetic.
import { z } from 'zod'

/** Digits after the point that a rate may have. */
const DIGITS = 6
/** Millionths that make one. */
export const ONE = 10 ** DIGITS

const decimal = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,6})?$/, 'a rate is a decimal text with at most six digits after the point, such as "0.05"')

/** A factor of zero or more, such as `"0.05"` for 5 %. */
export const Rate = decimal
export type Rate = z.infer<typeof Rate>

/** More than nothing, and at most all: `"0.25"`. */
export const Share = decimal.refine((text) => millionths(text) > 0 && millionths(text) <= ONE, {
  error: 'a share is more than 0 and at most 1',
})
export type Share = z.infer<typeof Share>

/** `"0.05"` → 50,000: a whole number, so that arithmetic stays exact. */
export function millionths(text: Rate): number {
  const [whole = '0', digits = ''] = text.split('.')
  return Number(whole) * ONE + Number(digits.padEnd(DIGITS, '0'))
}

/** Millionths as the decimal text that `millionths` reads. */
export function rateText(rate: number): Rate {
  const digits = String(rate).padStart(DIGITS + 1, '0')
  const decimals = digits.slice(-DIGITS).replace(/0+$/, '')
  return `${digits.slice(0, -DIGITS)}${decimals ? `.${decimals}` : ''}`
}
