import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canonical } from '../canonical.ts'
import { type LineProof, LinesNotSealed, proveLine } from '../lines.ts'
import { sealContent, sealPeriod } from '../seal.ts'
import { standaloneVerifier } from '../standalone.ts'

const lines = Array.from({ length: 7 }, (_, i) => ({
  id: `plan/rule/rep-${i}/支付-${i}`,
  rep: `rep-${i}`,
  amount: 100 * i - 50,
  steps: [{ by: '0.05', of: 1e21 }, null, true, { z: 1, a: '"\n\\é😀' }],
}))
const log = { size: 1234, root: 'ab'.repeat(32) }
const content = sealContent({ period: '2026-05', statements: 7, total: 1750, lines, log })
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

test.each([0, 3, 6])('the proof of line %i holds', (index) => {
  const { status, stdout } = run(proveLine(lines, index, close), close.seal)
  expect(status).toBe(0)
  expect(stdout).toContain(`PROVEN: line ${index} (counted from 0) of 7 of 2026-05, sealed with 1234 events of the log`)
  expect(stdout).toContain(canonical(lines[index]))
  expect(stdout).toContain(close.seal)
})

test('the only line of a month, first of all seals', () => {
  const alone = sealPeriod(sealContent({ period: '2026-01', statements: 1, total: 1, lines: [1], log }), null)
  expect(run(proveLine([1], 0, alone)).status).toBe(0)
})

describe('nothing else is proven', () => {
  const good = proveLine(lines, 2, close)
  const remade = sealPeriod({ ...content, total: 99 }, null)
  const altered: Record<string, unknown> = {
    'another amount': { ...good, line: { ...lines[2], amount: 151 } },
    'another place': { ...good, index: 3 },
    'a place beyond the end': { ...good, index: 7 },
    'no place': { ...good, index: 'x' },
    'a hash of the path': { ...good, path: good.path.with(1, '0'.repeat(64)) },
    'a path too short': { ...good, path: good.path.slice(1) },
    'a path too long': { ...good, path: [...good.path, close.linesRoot] },
    'a path that is none': { ...good, path: 'x' },
    'a node instead of a line': { ...good, line: good.path[0] },
    'another number of lines': { ...good, close: { ...close, lines: 8 } },
    'another total': { ...good, close: { ...close, total: 1 } },
    'another root of the log': { ...good, close: { ...close, log: { ...log, size: 1235 } } },
    'another seal before': { ...good, close: { ...close, previousSeal: null } },
    'no line': { ...good, line: undefined },
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

test('only lines that were sealed can be proven', () => {
  expect(() => proveLine(lines.with(4, { ...lines[4]!, amount: 0 }), 2, close)).toThrow(LinesNotSealed)
  expect(() => proveLine(lines.slice(1), 2, close)).toThrow(LinesNotSealed)
  expect(() => proveLine(lines, 7, close)).toThrow(RangeError)
})

test('a proof has one hash a level of the tree, whatever the number of lines', () => {
  const many = Array.from({ length: 10_000 }, (_, i) => ({ i }))
  const closed = sealPeriod(sealContent({ period: '2026-05', statements: 1, total: 0, lines: many, log }), null)
  const proof: LineProof = proveLine(many, 9_999, closed)
  expect(proof.path.length).toBeLessThanOrEqual(14)
  expect(run(proof).status).toBe(0)
})
