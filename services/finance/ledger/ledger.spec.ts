import { spec } from '@headwater/schema/testing'
import { describe, expect, it } from 'vitest'
import { currentPeriod, type LedgerCommand, ledger } from './index.ts'

const maker = { id: 'maker', role: 'headquarters' }
const checker = { id: 'checker', role: 'headquarters' }
const third = { id: 'third', role: 'administrator' }
const given = spec(ledger, { streamId: 'main', at: '2026-07-02T00:00:00.000Z', actor: maker })
const digest = (letter: string) => letter.repeat(64)

const setting = { zone: 'Asia/Shanghai', currency: 'CNY', firstPeriod: '2026-05' }
const opened = { type: 'LedgerOpened', data: setting } as const
const content = (period = '2026-05', linesRoot = digest('1')) => ({
  period,
  statements: 3,
  lines: 7,
  total: 12_345,
  linesRoot,
  log: { size: 100, root: digest('2') },
})
const cutOff = (period = '2026-05') => ({ type: 'PeriodCutOff', data: { period } }) as const
const prepared = (period?: string, root?: string) => ({ type: 'PeriodPrepared', data: content(period, root) }) as const
const approved = (period = '2026-05') =>
  ({ type: 'PeriodApproved', data: { period, linesRoot: digest('1') }, actor: checker }) as const
const returned = { type: 'PeriodReturned', data: { period: '2026-05', reason: 'a refund is missing' } } as const
const closed = (period = '2026-05', previousSeal: string | null = null, seal = digest('a')) =>
  ({ type: 'PeriodClosed', data: { ...content(period), previousSeal, seal } }) as const

const open: LedgerCommand = { type: 'OpenLedger', data: setting }
const cut = (period = '2026-05'): LedgerCommand => ({ type: 'CutOffPeriod', data: { period } })
const prepare = (root?: string): LedgerCommand => ({ type: 'PreparePeriod', data: content(undefined, root) })
const approve = (linesRoot = digest('1')): LedgerCommand => ({
  type: 'ApprovePeriod',
  data: { period: '2026-05', linesRoot },
})
const giveBack: LedgerCommand = { type: 'ReturnPeriod', data: returned.data }
const close = (more: object = {}): LedgerCommand => ({ type: 'ClosePeriod', data: { ...closed().data, ...more } })
const without = ({ type, data }: ReturnType<typeof approved>) => ({ type, data })

describe('the ledger', () => {
  it('is opened once', () => {
    given().when(open).thenDecided(opened)
    given(opened).when(open).thenDecided()
    given(opened)
      .when({ ...open, data: { ...setting, currency: 'JPY' } } as LedgerCommand)
      .thenRefused('ledger-open')
    given().when(cut()).thenRefused('ledger-not-open')
  })

  it('goes from month to month', () => {
    const state = (...events: ReturnType<typeof closed>[]) => currentPeriod(given(opened, ...events).state as never)
    expect(state()).toBe('2026-05')
    expect(state(closed())).toBe('2026-06')
    expect(state(closed('2026-12'))).toBe('2027-01')
  })
})

describe('a month', () => {
  it('is cut off in its turn', () => {
    given(opened).when(cut()).thenDecided(cutOff())
    given(opened)
      .when(cut('2026-06'))
      .thenRefused('not-next-period', { details: { period: '2026-06', next: '2026-05' } })
    given(opened, closed()).when(cut()).thenRefused('period-closed')
    given(opened, closed()).when(cut('2026-06')).thenDecided(cutOff('2026-06'))
  })

  it("is cut off after it has ended in the ledger's zone", () => {
    given(opened).when(cut(), { now: '2026-05-31T16:00:00.000Z' }).thenDecided(cutOff())
    given(opened)
      .when(cut(), { now: '2026-05-31T15:59:59.999Z' })
      .thenRefused('period-not-ended', {
        details: { period: '2026-05', ends: '2026-05-31T16:00:00.000Z', now: '2026-05-31T15:59:59.999Z' },
      })
  })

  it('is prepared from its cut-off', () => {
    given(opened).when(prepare()).thenRefused('not-cut-off')
    given(opened, cutOff()).when(prepare()).thenDecided(prepared())
    given(opened, cutOff()).when(cut()).thenDecided()
    given(opened, cutOff(), prepared()).when(prepare()).thenDecided()
    given(opened, cutOff(), prepared())
      .when(prepare(digest('9')))
      .thenRefused('period-prepared')
    given(opened, cutOff(), prepared()).when(cut()).thenRefused('period-prepared')
    given(opened, cutOff(), prepared(), approved()).when(cut()).thenRefused('period-approved')
  })

  it('is approved with the very lines that were prepared', () => {
    const waiting = given(opened, cutOff(), prepared())
    given(opened, cutOff()).when(approve(), { actor: checker }).thenRefused('not-prepared')
    waiting.when(approve(), { actor: checker }).thenDecided(without(approved()))
    waiting.when(approve(digest('9')), { actor: checker }).thenRefused('other-lines')
    given(opened, cutOff(), prepared(), returned, cutOff(), prepared(undefined, digest('9')))
      .when(approve(), { actor: checker })
      .thenRefused('other-lines')
    given(opened, cutOff(), prepared(), approved()).when(approve(), { actor: checker }).thenDecided()
  })

  it('is returned, and cut off anew', () => {
    given(opened).when(giveBack).thenRefused('not-cut-off')
    for (const events of [[cutOff()], [cutOff(), prepared()], [cutOff(), prepared(), approved()]])
      given(opened, ...events)
        .when(giveBack)
        .thenDecided(returned)
    const back = given(opened, cutOff(), prepared(), approved(), returned)
    back.when(giveBack).thenDecided()
    back.when(prepare()).thenRefused('not-cut-off')
    back.when(approve(), { actor: checker }).thenRefused('not-prepared')
    back.when(close(), { actor: checker }).thenRefused('not-approved')
    back.when(cut()).thenDecided(cutOff())
  })

  it('is closed with what was approved, chained to the month before', () => {
    const ready = given(opened, cutOff(), prepared(), approved())
    ready.when(close(), { actor: checker }).thenDecided(closed())
    ready.when(close(), { actor: third }).thenDecided(closed())
    ready.when(close({ total: 12_346 }), { actor: checker }).thenRefused('other-content')
    ready.when(close({ previousSeal: digest('b') }), { actor: checker }).thenRefused('seal-not-chained')
    given(opened, cutOff(), prepared()).when(close(), { actor: checker }).thenRefused('not-approved')
    const june = given(opened, closed(), cutOff('2026-06'), prepared('2026-06'), approved('2026-06'))
    june.when(close({ period: '2026-06' }), { actor: checker }).thenRefused('seal-not-chained')
    june
      .when(close({ period: '2026-06', previousSeal: digest('a'), seal: digest('b') }), { actor: checker })
      .thenDecided(closed('2026-06', digest('a'), digest('b')))
    given(opened, closed()).when(close(), { actor: checker }).thenDecided()
    given(opened, closed())
      .when(close({ seal: digest('b') }), { actor: checker })
      .thenRefused('period-closed')
  })
})

describe('who prepared a month', () => {
  const cutter = { ...cutOff(), actor: third }

  it('can neither approve nor close it, in whatever role', () => {
    for (const actor of [maker, third, { ...maker, role: 'administrator' }]) {
      given(opened, cutter, prepared()).when(approve(), { actor }).thenRefused('segregation-of-duties')
      given(opened, cutter, prepared(), approved()).when(close(), { actor }).thenRefused('segregation-of-duties')
    }
  })

  it('is who prepared it since it was last returned', () => {
    const again = [
      { ...cutOff(), actor: checker },
      { ...prepared(), actor: checker },
    ]
    const anew = given(opened, cutter, prepared(), returned, ...again)
    anew.when(approve(), { actor: checker }).thenRefused('segregation-of-duties')
    anew.when(approve(), { actor: maker }).thenDecided(without(approved()))
  })
})
