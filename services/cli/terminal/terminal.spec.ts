import { describe, expect, it } from 'vitest'
import { ExitCode, explain, Failure } from './failure.ts'
import { duration, money, percent } from './format.ts'
import { tenths } from './log-progress.ts'
import { facts, table } from './table.ts'

describe('figures for people', () => {
  it.each([
    [93_784, '1 d 2 h'],
    [86_400, '1 d'],
    [3_661, '1 h 1 min'],
    [59.6, '1 min'],
    [0, '0 s'],
    [-90, '−1 min 30 s'],
    [null, '–'],
  ])('%s seconds are %s', (seconds, text) => expect(duration(seconds)).toBe(text))

  it('shows money exactly', () => {
    expect(money({ amount: 1_234_567_05, currency: 'CNY' })).toBe('CNY 1,234,567.05')
    expect(money({ amount: -5, currency: 'CNY' })).toBe('CNY -0.05')
    expect(money({ amount: 1500, currency: 'JPY' })).toBe('JPY 1,500')
  })

  it('shows shares with one decimal', () => expect(percent(0.10525)).toBe('10.5 %'))
})

describe('tables', () => {
  it('align figures to the right, and Chinese text by its width on the screen', () => {
    const text = table(
      ['store', 'reached'],
      [
        ['上海中心店', 7],
        ['Nanjing', '1,210'],
      ],
    )
    expect(text).toBe(
      ['store       reached', '───────────────────', '上海中心店        7', 'Nanjing       1,210'].join('\n'),
    )
  })

  it('label facts', () =>
    expect(
      facts([
        ['编号', 'L1'],
        ['rep', 'x'],
      ]),
    ).toBe('编号  L1\nrep   x'))
})

describe('progress without a terminal', () => {
  it('is a line for every tenth', () => {
    const line = tenths('rebuilding')
    const at = (share: number) => line({ share, events: 12_000, rate: 50_123.4, secondsLeft: 61 })
    expect(at(0.05)).toBeUndefined()
    expect(at(0.123)).toBe('rebuilding: 12.3 %, 12,000 events, 50,123 events/s, 1 min 1 s left')
    expect([at(0.19), at(0.2)?.slice(0, 18), at(0.1), at(1)?.slice(0, 19)]).toEqual([
      ...[undefined, 'rebuilding: 20.0 %', undefined, 'rebuilding: 100.0 %'],
    ])
  })
})

describe('what went wrong', () => {
  it('is one line, with the exit code of its kind', () => {
    expect(explain(new Failure('no deal D1', ExitCode.refused))).toEqual({ exitCode: 1, text: 'headwater: no deal D1' })
    const down = Object.assign(new Error('cannot reach it\nat all'), { name: 'PostgresUnavailable' })
    expect(explain(down)).toEqual({ exitCode: 3, text: 'headwater: cannot reach it' })
    expect(explain(new TypeError('x is undefined')).text).toBe(
      'headwater: unexpected fault: x is undefined (--debug shows where)',
    )
  })

  it('shows where on request', () => expect(explain(new Error('x'), true).text).toMatch(/\n\s+at /))
})
