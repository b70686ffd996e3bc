import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addMoney, compareMoney, formatMoney, Money, type MoneyError, parseMoney, subtractMoney } from './money.ts'

const amounts = fc.maxSafeInteger()
const currencies = fc.constantFrom('CNY', 'JPY', 'KWD')

function code(run: () => unknown): MoneyError['code'] | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    return (error as MoneyError).code
  }
}

describe('money', () => {
  test.each([
    ['1234.50', 'CNY', 123450],
    ['1234.5', 'CNY', 123450],
    ['1234', 'CNY', 123400],
    ['0.07', 'CNY', 7],
    ['-0.00', 'CNY', 0],
    ['1.1000', 'CNY', 110],
    ['1234', 'JPY', 1234],
    ['1.234', 'KWD', 1234],
    ['90071992547409.91', 'CNY', Number.MAX_SAFE_INTEGER],
  ])('%s %s is %d minor units', (text, currency, amount) => {
    expect(parseMoney(text, currency)).toStrictEqual({ amount, currency })
  })

  test.each([
    ['1,234.50', 'CNY', 'not-a-decimal'],
    ['1e3', 'CNY', 'not-a-decimal'],
    ['', 'CNY', 'not-a-decimal'],
    ['12.', 'CNY', 'not-a-decimal'],
    ['¥12', 'CNY', 'not-a-decimal'],
    ['0.005', 'CNY', 'too-many-decimals'],
    ['0.5', 'JPY', 'too-many-decimals'],
    ['90071992547409.92', 'CNY', 'too-large'],
    ['1', 'RMB', 'unknown-currency'],
  ])('%s %s is refused: %s', (text, currency, expected) => {
    expect(code(() => parseMoney(text, currency))).toBe(expected)
  })

  test('text and amount are each other’s inverse', () => {
    fc.assert(
      fc.property(amounts, currencies, (amount, currency) => {
        expect(parseMoney(formatMoney({ amount, currency }), currency)).toStrictEqual({ amount, currency })
      }),
    )
  })

  test('adding is exact, or refused', () => {
    fc.assert(
      fc.property(amounts, amounts, (a, b) => {
        const exact = BigInt(a) + BigInt(b)
        const add = () => addMoney({ amount: a, currency: 'CNY' }, { amount: b, currency: 'CNY' })
        if (BigInt.asIntN(54, exact) === exact && Number.isSafeInteger(Number(exact))) {
          expect(BigInt(add().amount)).toBe(exact)
          expect(subtractMoney(add(), { amount: b, currency: 'CNY' }).amount).toBe(a)
        } else expect(code(add)).toBe('too-large')
      }),
    )
  })

  test('two currencies neither add nor compare', () => {
    const yuan = parseMoney('1', 'CNY')
    const yen = parseMoney('1', 'JPY')
    expect(code(() => addMoney(yuan, yen))).toBe('currency-mismatch')
    expect(code(() => compareMoney(yuan, yen))).toBe('currency-mismatch')
    expect(compareMoney(yuan, parseMoney('1.01', 'CNY'))).toBeLessThan(0)
  })

  test('the schema takes whole minor units of a known currency only', () => {
    expect(Money.safeParse({ amount: 1, currency: 'CNY' }).success).toBe(true)
    for (const bad of [
      { amount: 1.5, currency: 'CNY' },
      { amount: 2 ** 53, currency: 'CNY' },
      { amount: 1, currency: 'cny' },
      { amount: '1', currency: 'CNY' },
    ])
      expect(Money.safeParse(bad).success).toBe(false)
  })
})
