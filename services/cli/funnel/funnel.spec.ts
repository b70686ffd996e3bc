import type { FunnelResult, StageFigures } from '@headwater/projections'
import { describe, expect, it } from 'vitest'
import { funnelJson, funnelText } from './answer.ts'
import { funnelQuestion } from './question.ts'

const zone = 'Asia/Shanghai'

describe('a question from the command line', () => {
  it('takes dates in the zone, several values of a filter, and "not stated"', () => {
    const question = funnelQuestion(
      {
        playbook: 'home-improvement@2',
        groupBy: ['store,channel', 'bucket'],
        bucket: 'week',
        filter: ['channel=referral', 'channel=', 'store=S1'],
        from: '2026-10-01',
        to: '2026-11-01T00:00:00Z',
        window: 'P14D',
        asOf: '2026-11-05 12:00',
      },
      zone,
    )
    expect(question).toEqual({
      playbook: { id: 'home-improvement', version: 2 },
      groupBy: ['store', 'channel', 'bucket'],
      bucket: { unit: 'week' },
      filter: { channel: ['referral', null], store: ['S1'] },
      cohort: { from: '2026-09-30T16:00:00.000Z', to: '2026-11-01T00:00:00.000Z' },
      conversionWindow: 'P14D',
      asOf: { businessTime: '2026-11-05T04:00:00.000Z' },
    })
  })

  it.each([
    [{ groupBy: ['shop'] }, /^--group-by: choose from store, region/],
    [{ filter: ['shop=1'] }, /^--filter shop=1: write <dimension>=<value>/],
    [{ filter: ['channel'] }, /^--filter channel: write/],
    [{ from: 'yesterday' }, /^--from: "yesterday" is not an ISO 8601/],
    [{ window: '2 weeks' }, /^--window: .*ISO 8601 duration/],
    [{ bucket: 'fortnight' }, /^--bucket: /],
    [{ playbook: '@' }, /^--playbook @/],
  ])('says what is wrong with %j', (options, message) =>
    expect(() => funnelQuestion({ playbook: 'p', ...options }, zone)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message), exitCode: 2 }),
    ),
  )
})

describe('an answer', () => {
  const some = { count: 2, mean: 5400, median: 3600, p90: 7200 }
  const stage: StageFigures = {
    ...{ stage: 'contact', name: { 'zh-CN': '初步沟通', en: 'First contact' } },
    ...{ reached: 1200, converted: 600, lost: 300, open: 300, reentries: 4, skipped: 0, flagged: 0, visits: 1204 },
    ...{ stepConversion: 0.5, overallConversion: 1 },
    ...{
      dwell: some,
      dwellBusiness: some,
      dwellToNext: some,
      dwellToNextBusiness: some,
      openAge: some,
      openAgeBusiness: some,
    },
    ...{ lossReasons: [{ reason: 'price', count: 200 }], blockingReasons: [], dominantBlockingReason: null },
  }
  const group = { stages: [stage], won: 600, lost: 300, open: 300, flaggedCases: 0 }
  const base = {
    playbook: { id: 'p', version: null },
    asOf: { businessTime: '2026-11-22T08:00:00.000Z', recordedTime: null },
  }
  const total: FunnelResult = { ...base, groups: [{ key: {}, ...group }] }
  const grouped: FunnelResult = { ...base, groups: [{ key: { channel: null }, ...group }] }

  it('has the stages at its top for programs, and groups where they were asked for', () => {
    expect(funnelJson(total, undefined)).toEqual({ ...base, ...group })
    expect(funnelJson(total, grouped)).toEqual({ ...base, ...group, groups: grouped.groups })
  })

  it('is a table for people', () => {
    const text = funnelText(total, grouped)
    expect(text).toMatch(/^stage +reached +step/m)
    expect(text).toMatch(/^contact +1,200 +50\.0 % +100\.0 % +300 +300 +4 +1 h 30 min +1 h +2 h/m)
    expect(text).toMatch(/^600 won, 300 lost, 300 open$/m)
    expect(text).toMatch(/^\(not stated\) +1,200 +600/m)
  })
})
