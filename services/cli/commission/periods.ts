import { listPeriods, theLedger } from '@headwater/projections'
import type { Answer } from '../answer.ts'
import { withSession } from '../session.ts'
import { count, money, NONE } from '../terminal/format.ts'
import { table } from '../terminal/table.ts'

/** Newest first. */
export const periods = (): Promise<Answer> =>
  withSession(async ({ db, viewer }) => {
    const [ledger, months] = await Promise.all([theLedger(db, viewer), listPeriods(db, viewer)])
    return {
      json: { ledger: ledger ?? null, periods: months },
      text: () =>
        ledger === undefined
          ? 'there is no commission ledger'
          : table(
              ['month', 'stage', 'by', 'statements', 'lines', 'total', 'seal'],
              months.map(({ period, stage, steps, content, seal }) => [
                period,
                stage,
                steps.at(-1)!.actorId,
                content ? count(content.statements) : NONE,
                content ? count(content.lines) : NONE,
                money(content && { amount: content.total, currency: ledger.currency }),
                seal ?? NONE,
              ]),
            ),
    }
  })
