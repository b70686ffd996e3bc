import fc from 'fast-check'
import { expect, test } from 'vitest'
import { binOf } from './bins.ts'
import { VisitList } from './visit-list.ts'
import { type Clock, Series, seriesPerCell, Windows } from './windows.ts'

/** As `percentile_cont` of SQL:2011 has it, by sorting. */
function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const at = share * (sorted.length - 1)
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!]
  return (low + (high - low) * (at - Math.floor(at))) / 1000
}

const stay = fc.record({
  milliseconds: fc.oneof(fc.nat(5), fc.nat(1_000_000), fc.nat(2 ** 40)),
  cell: fc.nat(1),
  series: fc.constantFrom(Series.dwell, Series.dwellToNext, Series.openAge),
})

test('means and percentiles are those of sorted values, while values come and go', () => {
  fc.assert(
    fc.property(
      fc.array(stay, { maxLength: 300, size: 'max' }),
      fc.array(stay, { maxLength: 60, size: 'max' }),
      fc.nat(60),
      (before, coming, going) => {
        const stays = [...before, ...coming]
        const clock: Clock = {
          values: Float64Array.from(stays, ({ milliseconds }) => milliseconds),
          bins: Uint16Array.from(stays, ({ milliseconds }) => binOf(milliseconds)),
          starts: Float64Array.from(stays, ({ milliseconds }) => -milliseconds),
          nowAt: () => 0,
        }
        const lists = (visits: readonly number[]) => {
          const [closed, open] = [new VisitList(), new VisitList()]
          for (const visit of visits) {
            const { cell, series } = stays[visit]!
            const list = series === Series.openAge ? open : closed
            list.push(visit, cell * seriesPerCell + series)
          }
          return [closed, open] as const
        }
        const gone = before.map((_, visit) => visit).slice(0, going)
        const windows = new Windows(...lists([...before.keys()]), clock, 2 * seriesPerCell, 2 * seriesPerCell)
        const check = (visits: readonly number[]) => {
          for (let series = 0; series < 2 * seriesPerCell; series++) {
            const values = visits.flatMap((visit) => {
              const { cell, series: own, milliseconds } = stays[visit]!
              const all = own === Series.dwellToNext ? [own, Series.dwell] : [own]
              return all.some((each) => cell * seriesPerCell + each === series) ? [milliseconds] : []
            })
            // Where a rank has left its window it says so.
            if (!windows.holds(series)) {
              expect(gone.length + coming.length).toBeGreaterThan(0)
              continue
            }
            const found = windows.of(series)
            if (values.length === 0) expect(found).toBeUndefined()
            else {
              expect(found?.count).toBe(values.length)
              expect(found?.mean).toBeCloseTo(values.reduce((a, b) => a + b) / values.length / 1000, 3)
              expect(found?.median).toBeCloseTo(percentile(values, 0.5), 3)
              expect(found?.p90).toBeCloseTo(percentile(values, 0.9), 3)
            }
          }
        }
        check([...before.keys()])
        windows.apply(...lists(gone), clock, -1)
        windows.apply(...lists(coming.map((_, i) => before.length + i)), clock, 1)
        check([...stays.keys()].filter((visit) => visit >= going || visit >= before.length))
      },
    ),
  )
})
