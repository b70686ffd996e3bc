import { describe, expect, test } from 'vitest'
import { fold } from '../testing/fold.ts'
import { InvalidModel, ownModel } from './own-model.ts'

const columns = { lead: 'text', touches: 'integer', lastAt: 'instant?', seen: 'json?' }
const table = { name: 'touches_of', key: 'lead', columns }
const key = ({ stream }: { stream: string }) => stream.slice('lead-'.length)
const evolve = (row: { touches: number } | undefined, event: { stream: string }) => ({
  lead: key(event),
  touches: (row?.touches ?? 0) + 1,
})
const whole = { table, key, evolve }
const made = (changes: object) => ownModel('mine.ts', 1, { ...whole, ...changes })
const touched = { type: 'LeadTouched', data: { touchId: 't', direction: 'inbound', channel: 'web' } } as const
const at = '2026-03-02T02:00:00.000Z'

describe("an analyst's own read model", () => {
  test('folds rows; a column that it leaves out is null', () => {
    const { root } = fold(made({}), 'lead-a', undefined, [at, touched], [at, touched])
    expect(root).toEqual({ lead: 'a', touches: 2, lastAt: null, seen: null })
  })

  test('may change the row that it is given', () => {
    const inPlace = (row: { touches: number } | undefined, event: { stream: string }) => {
      if (!row) return evolve(row, event)
      row.touches++
      return row
    }
    const { root } = fold(made({ evolve: inPlace }), 'lead-a', undefined, [at, touched], [at, touched])
    expect(root).toMatchObject({ touches: 2 })
  })

  test('reads only the streams of the events that it names', () => {
    expect(made({ events: ['DealWon', 'LeadTouched', 'DealLost'] }).streams).toEqual(['deal-', 'lead-'])
    expect(made({}).streams).toEqual([''])
  })

  test.each([
    [{ table: undefined }, 'mine.ts: table: must be exported'],
    [{ key: 'lead' }, 'mine.ts: key: must be a function of an event'],
    [{ evolve: undefined }, 'mine.ts: evolve: must be a function of a row, or undefined, and an event'],
    [{ table: { ...table, name: 'My table' } }, /^mine.ts: table.name: write a to z/],
    [
      { table: { ...table, columns: { ...columns, n: 'int' } } },
      /^mine.ts: table.columns.n: write one of text, integer,/,
    ],
    [{ table: { ...table, columns: { ...columns, last_at: 'text' } } }, /two of them have one name in SQL/],
    [{ table: { ...table, key: 'touches' } }, 'mine.ts: table.key: touches must be one of the columns, of type text'],
    [{ events: ['DealWonn'] }, 'mine.ts: events: there is no event DealWonn'],
  ])('is refused where its exports are wrong: %j', (changes, message) => {
    expect(() => made(changes)).toThrow(InvalidModel)
    expect(() => made(changes)).toThrow(message)
  })

  test.each([
    [{ lead: 'a', touches: 1, touch: 2 }, 'evolve returned the column touch, which the table does not have'],
    [{ lead: 'a' }, 'evolve returned null for touches, which must be a whole number up to 2^31'],
    [{ lead: 'a', touches: 0.5 }, 'evolve returned 0.5 for touches'],
    [{ lead: 'a', touches: 2 ** 31 }, 'evolve returned 2147483648 for touches'],
    [{ lead: 'a', touches: 1, lastAt: '2026-03-01' }, 'must be an instant such as'],
    [{ lead: 'b', touches: 1 }, 'evolve changed lead, the key of the row'],
    [7, 'evolve returned 7, not a row'],
  ])('whose fold returns %j stops', (row, message) => {
    expect(() => fold(made({ evolve: () => row }), 'lead-a', undefined, [at, touched])).toThrow(message)
  })
})
