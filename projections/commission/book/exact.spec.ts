// No floating point on the way of money: only exact.ts may divide, and nobody rounds or reads decimals as floats.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { parseSync } from '@swc/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exactText, multiply, parseExact, roundHalfUp, scale } from './exact.ts'

const root = new URL('../../../', import.meta.url)

describe('exact arithmetic', () => {
  it('rounds a half up', () => {
    expect(
      ['0.5', '1.5', '2.499999', '-0.5', '-0.500001', '-1.5'].map((text) => roundHalfUp(parseExact(text))),
    ).toEqual([1, 2, 2, 0, -1, -1])
    expect(() => roundHalfUp(parseExact('9007199254740992'))).toThrow(RangeError)
  })

  it('writes what it reads', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (exact) => {
        expect(parseExact(exactText(exact))).toBe(exact)
      }),
    )
    expect(exactText(parseExact('12.5'), 2)).toBe('0.125')
    expect(exactText(parseExact('1200'), 2)).toBe('12.00')
  })

  it('multiplies without loss, at once or step by step', () => {
    const rate = fc.nat(2_000_000)
    fc.assert(
      fc.property(fc.nat(), rate, rate, rate, (amount, one, two, three) => {
        expect(scale(multiply(amount, [one]), [two, three])).toBe(multiply(amount, [one, two, three]))
      }),
    )
  })
})

/** Where amounts are dealt with, and what there may do floating point: dates, estimates of probability, exact.ts itself. */
const rooms = [
  ...['schema/commission-plan', 'schema/money.ts', 'schema/rate.ts', 'services/finance'],
  ...['projections/commission', 'projections/contracts', 'services/api/commission', 'services/api/finance'],
  ...['services/audit/export', 'services/audit/seal.ts', 'services/cli/commission', 'services/runtime/commission.ts'],
]
const excused: Record<string, string[]> = {
  'projections/commission/book/estimate.ts': ['1.959964', '/', 'Math.round', 'Math.sqrt'],
  'projections/commission/book/exact.ts': ['/', '/='],
  'projections/commission/book/months.ts': ['/', 'Math.ceil', 'Math.floor'],
}

describe('a scan of the sources', () => {
  const files = rooms.flatMap((room) => sourcesIn(room))

  it('finds no floating point on the way of money', () => {
    expect(files.length).toBeGreaterThan(15)
    const found = files.flatMap((file) => floats(readFileSync(new URL(file, root), 'utf8')).map((what) => [file, what]))
    expect(found.filter(([file, what]) => !excused[file!]?.includes(what!))).toEqual([])
  })

  it.each([
    ['const part = amount / 3', '/'],
    ['total /= 2', '/='],
    ['const x = base * 0.05', '0.05'],
    ['const x = 1e-6', '1e-6'],
    ['const x = Math.round(amount)', 'Math.round'],
    ['const x = amount.toFixed(2)', 'toFixed'],
    ['const x = Number.parseFloat(text)', 'parseFloat'],
    ['const x = parseFloat(text)', 'parseFloat'],
    ['const x = amount ** 0.5', '0.5'],
  ])('would find %s', (code, what) => {
    expect(floats(code)).toEqual([what])
  })

  it('lets division of whole big integers and texts be', () => {
    expect(floats("const path = 'a/b' // a / b\nconst x = amount * 2")).toEqual([])
  })
})

function sourcesIn(room: string): string[] {
  if (room.endsWith('.ts')) return [room]
  const at = new URL(`${room}/`, root)
  if (!existsSync(at)) return []
  return readdirSync(at, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/(^|\/)(dist|node_modules|testing)\/|\.spec\.ts$/.test(file))
    .map((file) => `${room}/${file}`)
}

const methods = /^(toFixed|toPrecision|parseFloat)$/
const ofMath = /^(round|ceil|floor|trunc|sqrt|pow|random|fround)$/

/** What of a source divides, rounds or reads decimals, by its syntax tree: comments and texts do not count. */
function floats(source: string): string[] {
  const found: string[] = []
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    const { type, operator, value, raw, object, property } = node as Record<string, unknown> & {
      object?: { value?: string }
      property?: { value?: string }
    }
    if ((type === 'BinaryExpression' || type === 'AssignmentExpression') && /^\/=?$/.test(String(operator)))
      found.push(String(operator))
    if (type === 'NumericLiteral' && !Number.isInteger(value)) found.push(String(raw))
    if (type === 'Identifier' && value === 'parseFloat') found.push('parseFloat')
    if (type === 'MemberExpression') {
      const name = String(property?.value)
      if (object?.value === 'Math' && ofMath.test(name)) found.push(`Math.${name}`)
      if (methods.test(name)) {
        found.push(name)
        visit(object)
        return
      }
    }
    Object.values(node).forEach(visit)
  }
  visit(parseSync(source, { syntax: 'typescript' }))
  return found
}
