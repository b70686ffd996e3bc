// How often the organisation's contracts were renewed: `renewalRate` of the book, over all of them without reading them.
import type { LocalDate, Position } from '@headwater/schema'
import type { Queryable } from '../engine/rows.ts'
import { GRACE, type Proportion, wilson } from './book/index.ts'

/** Of the contracts known at `upTo` whose term and grace were over before `today`. Postgres adds months as the book does: to the month's last day at most. */
export async function renewalsOf(on: Queryable, today: LocalDate, upTo: Position): Promise<Proportion> {
  const { rows } = await on.query<{ n: number; renewed: number }>({
    name: 'commission-renewals',
    text: `select count(*)::int as n, count(renewal.contract_id)::int as renewed
      from (select contract_id from read.contracts
        where position <= $1 and term_to::date + make_interval(months => $2) < $3::date) t
      left join (select distinct renewal_of as contract_id from read.contracts where position <= $1) renewal
        using (contract_id)`,
    values: [upTo, GRACE, today],
  })
  const { n, renewed } = rows[0]!
  return wilson(renewed, n)
}
