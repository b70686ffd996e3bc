import { z } from 'zod'

// ISO 4217 list one (funds and metals left out), by the number of digits of the minor unit.
const currencies: Record<number, string> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF',
  2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP
    CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR
    KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN
    PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD
    TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
}
const exponents = new Map(
  Object.entries(currencies).flatMap(([digits, codes]) =>
    codes.split(/\s+/).map((code) => [code, Number(digits)] as const),
  ),
)

export const Currency = z
  .string()
  .refine((code) => exponents.has(code), { error: 'not an ISO 4217 currency code such as CNY' })
export type Currency = z.infer<typeof Currency>

/** An amount of a currency that is stated elsewhere: whole fen, cents, yen. */
export const MinorUnits = z.int()

/**
 * Exact money: whole minor units (fen, cents), never a fraction. The amount is a `number` held to the safe integers
 * (±90 million million yuan) rather than a `bigint`: exact all the same, and plain JSON in events, SQL and GraphQL.
 */
export const Money = z.object({ amount: MinorUnits, currency: Currency })
export type Money = z.infer<typeof Money>

export class MoneyError extends Error {
  override readonly name = 'MoneyError'
  constructor(
    readonly code: 'unknown-currency' | 'currency-mismatch' | 'not-a-decimal' | 'too-many-decimals' | 'too-large',
    message: string,
  ) {
    super(message)
  }
}

/** Digits of the minor unit: 2 for CNY, 0 for JPY, 3 for KWD. @throws MoneyError */
export function minorUnitDigits(currency: Currency): number {
  const digits = exponents.get(currency)
  if (digits === undefined)
    throw new MoneyError('unknown-currency', `"${currency}" is not an ISO 4217 currency code such as CNY`)
  return digits
}

/**
 * Money from plain decimal text: `('1234.5', 'CNY')` → 123450 fen. No grouping, no exponent; more decimals than the
 * currency has are refused unless they are zeros, as nothing is ever rounded here.
 * @throws MoneyError
 */
export function parseMoney(text: string, currency: Currency): Money {
  const digits = minorUnitDigits(currency)
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (!match)
    throw new MoneyError(
      'not-a-decimal',
      `"${text}" is not an amount: write digits with a point before the decimals, e.g. 1234.50`,
    )
  const [, sign = '', whole = '', decimals = ''] = match
  if (/[1-9]/.test(decimals.slice(digits))) {
    throw new MoneyError('too-many-decimals', `"${text}" has more decimals than ${currency} has (${digits})`)
  }
  return money(Number(`${sign}${whole}${decimals.slice(0, digits).padEnd(digits, '0')}`), currency)
}

/** The decimal text that `parseMoney` reads, with all decimals of the currency: 123450 fen → `1234.50`. */
export function formatMoney({ amount, currency }: Money): string {
  const digits = minorUnitDigits(currency)
  const units = String(Math.abs(amount)).padStart(digits + 1, '0')
  const split = units.length - digits
  return `${amount < 0 ? '-' : ''}${units.slice(0, split)}${digits ? '.' : ''}${units.slice(split)}`
}

/** @throws MoneyError on two currencies, or a sum beyond the safe integers. */
export function addMoney(a: Money, b: Money): Money {
  return money(a.amount + sameCurrency(a, b).amount, a.currency)
}

/** @throws MoneyError on two currencies, or a difference beyond the safe integers. */
export function subtractMoney(a: Money, b: Money): Money {
  return money(a.amount - sameCurrency(a, b).amount, a.currency)
}

/** Negative where `a` is less, 0 where equal, positive where more. @throws MoneyError on two currencies. */
export function compareMoney(a: Money, b: Money): number {
  return a.amount - sameCurrency(a, b).amount
}

function sameCurrency(a: Money, b: Money): Money {
  if (a.currency !== b.currency)
    throw new MoneyError('currency-mismatch', `${a.currency} and ${b.currency} do not add up or compare`)
  return b
}

function money(amount: number, currency: Currency): Money {
  if (!Number.isSafeInteger(amount))
    throw new MoneyError('too-large', `the amount exceeds ${Number.MAX_SAFE_INTEGER} minor units`)
  return { amount: amount + 0, currency } // + 0 turns -0, which JSON does not keep, into 0
}
