import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canonical } from '../canonical.ts'
import { type LeafProof, NotAsSealed, proveLeaf } from '../leaves.ts'
import { sealPeriod } from '../seal.ts'
import { standaloneVerifier } from '../standalone.ts'
import { contentOf } from '../testing/content.ts'

const lines = Array.from({ length: 7 }, (_, i) => ({
  id: `plan/rule/rep-${i}/支付-${i}`,
  rep: `rep-${i}`,
  amount: 100 * i - 50,
  steps: [{ by: '0.05', of: 1e21 }, null, true, { z: 1, a: '"\n\\é😀' }],
}))
const statement = { kind: 'statement', repId: '支付', opening: 0, earned: 1750, payable: 1750, closing: 0, lines: 7 }
const leaves = [statement, ...lines]
const log = { size: 1234, root: 'ab'.repeat(32) }
const content = contentOf(leaves, { period: '2026-05', statements: 1, total: 1750, log })
const close = sealPeriod(content, 'cd'.repeat(32))

let folder: string
beforeAll(() => {
  // As it goes with an export: the script alone in a folder, with nothing of ours near it.
  folder = mkdtempSync(join(tmpdir(), 'headwater proof '))
  writeFileSync(join(folder, 'verify.mjs'), standaloneVerifier())
})
afterAll(() => rmSync(folder, { recursive: true }))

const run = (proof: unknown, ...more: string[]) => {
  writeFileSync(join(folder, 'proof.json'), typeof proof === 'string' ? proof : JSON.stringify(proof))
  const { status, stdout, stderr } = spawnSync(process.execPath, ['verify.mjs', 'proof.json', ...more], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test.each([
  [0, 'statement'],
  [1, 'line'],
  [4, 'line'],
  [7, 'line'],
])('the proof of what is at %i holds: a %s', (index, what) => {
  const { status, stdout } = run(proveLeaf(leaves, index, close), close.seal)
  expect(status).toBe(0)
  expect(stdout).toContain(
    `PROVEN: a ${what}, at ${index} (counted from 0) of the 1 statements and 7 lines of 2026-05, sealed with 1234 events`,
  )
  expect(stdout).toContain(`${what}  ${canonical(leaves[index])}`)
  expect(stdout).toContain(close.seal)
})

test('all there is of a month, first of all seals', () => {
  const alone = sealPeriod(contentOf([1], { period: '2026-01', statements: 1, total: 1, log }), null)
  expect(run(proveLeaf([1], 0, alone)).status).toBe(0)
})

describe('nothing else is proven', () => {
  const good = proveLeaf(leaves, 3, close)
  const own = proveLeaf(leaves, 0, close)
  const remade = sealPeriod({ ...content, total: 99 }, null)
  const altered: Record<string, unknown> = {
    'another payable': { ...own, leaf: { ...statement, payable: 1751 } },
    'another opening balance': { ...own, leaf: { ...statement, opening: 1 } },
    'another amount': { ...good, leaf: { ...lines[2], amount: 151 } },
    'another place': { ...good, index: 4 },
    'a place beyond the end': { ...good, index: 8 },
    'no place': { ...good, index: 'x' },
    'a hash of the path': { ...good, path: good.path.with(1, '0'.repeat(64)) },
    'a path too short': { ...good, path: good.path.slice(1) },
    'a path too long': { ...good, path: [...good.path, close.linesRoot] },
    'a path that is none': { ...good, path: 'x' },
    'a node instead of a line': { ...good, leaf: good.path[0] },
    'another number of lines': { ...good, close: { ...close, lines: 8 } },
    'a statement counted as a line': { ...good, close: { ...close, statements: 0, lines: 8 } },
    'no number of statements': { ...good, close: { ...close, statements: '1' } },
    'another total': { ...good, close: { ...close, total: 1 } },
    'another root of the log': { ...good, close: { ...close, log: { ...log, size: 1235 } } },
    'another seal before': { ...good, close: { ...close, previousSeal: null } },
    'no line': { ...good, leaf: undefined },
    'no seal': { ...good, close: null },
    'part of the seal gone': { ...good, close: { ...close, statements: undefined } },
    'another format': { ...good, version: 2 },
    'a seal made anew': { ...good, close: remade },
  }
  test.each(Object.keys(altered))('%s', (what) => {
    const { status, stdout, stderr } = run(altered[what], close.seal)
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^NOT PROVEN: .+\n$/)
  })

  test('a file that is no proof', () => {
    expect(run('{').status).toBe(2)
    expect(run('null').status).toBe(2)
    expect(spawnSync(process.execPath, ['verify.mjs'], { cwd: folder }).status).toBe(2)
  })

  test('in whatever single place a good proof is changed', () => {
    const text = JSON.stringify(good)
    const change = fc.tuple(fc.nat({ max: text.length - 1 }), fc.constantFrom('0', '1', 'f', '-', 'x', ' '))
    fc.assert(
      fc.property(change, ([at, char]) => {
        const changed = text.slice(0, at) + char + text.slice(at + 1)
        expect(run(changed, close.seal).status === 0).toBe(same(changed))
      }),
      { numRuns: 12 },
    )
  })

  const same = (text: string) => {
    try {
      return canonical(JSON.parse(text)) === canonical(good)
    } catch {
      return false
    }
  }
})

test('only what was sealed can be proven', () => {
  expect(() => proveLeaf([statement, ...lines.with(4, { ...lines[4]!, amount: 0 })], 2, close)).toThrow(NotAsSealed)
  expect(() => proveLeaf([{ ...statement, payable: 0 }, ...lines], 2, close)).toThrow(NotAsSealed)
  expect(() => proveLeaf(leaves.slice(1), 2, close)).toThrow(NotAsSealed)
  expect(() => proveLeaf(leaves, 8, close)).toThrow(RangeError)
})

test('a proof has one hash a level of the tree, whatever the number of lines', () => {
  const many = Array.from({ length: 10_000 }, (_, i) => ({ i }))
  const closed = sealPeriod(contentOf(many, { period: '2026-05', statements: 1, total: 0, log }), null)
  const proof: LeafProof = proveLeaf(many, 9_999, closed)
  expect(proof.path.length).toBeLessThanOrEqual(14)
  expect(run(proof).status).toBe(0)
})
