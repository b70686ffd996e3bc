// What a rep gets for a month.
import type { book, RepStatement } from '@headwater/projections'
import type { Money } from '@headwater/schema'
import { StageEnum } from '../finance/ledger.ts'
import { builder } from '../shared/builder.ts'
import { defineEnum } from '../shared/enum.ts'
import { connectionOf } from '../shared/page.ts'
import { CommissionPlanRef, ContractRef, CustomerRef, RepRef } from '../shared/refs.ts'
import { MoneyRef } from '../shared/values.ts'

const LineKind = defineEnum('CommissionLineKind', 'What a line is about.', {
  rule: 'A receipt, by a rule of the plan.',
  cap: 'What goes above the most that a month gives.',
  floor: 'What is missing to the least that a month gives.',
  allowance: 'A certificate that is held.',
  pool: 'A part of a team’s pool.',
  draw: 'What fills a month up to a draw that is not taken back.',
})
const Status = defineEnum('CommissionStatementStatus', 'Whether a statement still takes in what comes.', {
  open: 'It does.',
  closed: 'It stands as its month was cut off; what comes later becomes adjustments of the next one.',
})

/** With the currency that its amounts are of. */
export type In<T> = T & { readonly currency: string }
export const money = (amount: number, { currency }: { readonly currency: string }): Money => ({ amount, currency })

export const LineRef = builder.objectRef<In<book.CommissionLine>>('CommissionLine').implement({
  description: 'What somebody gets, for what, by which rule.',
  fields: (t) => ({
    lineId: t.exposeString('id', {
      description: 'Its id, the same whatever becomes known later: `commissionLine` explains it.',
    }),
    kind: t.expose('kind', { type: LineKind, description: 'What it is about.' }),
    period: t.exposeString('period', { description: 'Its month, such as `2026-05`.' }),
    plan: t.field({
      type: CommissionPlanRef,
      nullable: true,
      description: 'The plan that gives it.',
      resolve: ({ planId }, _, { loaders }) => loaders.commissionPlans.load(planId),
    }),
    planVersion: t.exposeInt('planVersion', { description: 'The version of the plan.' }),
    ruleId: t.exposeString('ruleId', { description: 'The rule, pool or certificate; else the kind once more.' }),
    customer: t.field({
      type: CustomerRef,
      nullable: true,
      description: 'Who paid, where it is about a receipt.',
      resolve: ({ customerId }, _, { loaders }) =>
        customerId === undefined ? null : loaders.customers.load(customerId),
    }),
    contract: t.field({
      type: ContractRef,
      nullable: true,
      description: 'The contract that was paid.',
      resolve: ({ contractId }, _, { loaders }) =>
        contractId === undefined ? null : loaders.contracts.load(contractId),
    }),
    contractLineId: t.string({
      nullable: true,
      description: 'The line of the contract.',
      resolve: (line) => line.contractLineId,
    }),
    paymentId: t.string({ nullable: true, description: 'The payment.', resolve: (line) => line.paymentId }),
    base: t.field({
      type: MoneyRef,
      description: 'What the amount is of, net of what was given back.',
      resolve: (line) => money(line.base, line),
    }),
    amount: t.field({ type: MoneyRef, description: 'What it gives.', resolve: (line) => money(line.amount, line) }),
  }),
})

export const AdjustmentRef = builder.objectRef<In<book.Adjustment>>('CommissionAdjustment').implement({
  description: 'What became known of a month after it was cut off: the difference to what its line was.',
  fields: (t) => ({
    lineId: t.exposeString('id', { description: 'Its id: the original’s, `@` and the month it appears in.' }),
    period: t.exposeString('period', { description: 'The month in which it is paid or taken back.' }),
    originalLineId: t.string({ description: 'The line that differs.', resolve: ({ original }) => original.id }),
    originalPeriod: t.string({ description: 'The month of that line.', resolve: ({ original }) => original.period }),
    before: t.field({
      type: MoneyRef,
      description: 'What the line gave; 0 where there was none.',
      resolve: (line) => money(line.before, line),
    }),
    after: t.field({
      type: MoneyRef,
      description: 'What it gives now; 0 where there is none any more.',
      resolve: (line) => money(line.after, line),
    }),
    amount: t.field({ type: MoneyRef, description: 'The difference.', resolve: (line) => money(line.amount, line) }),
    causes: t.stringList({
      description: 'The ids of the events that the log learnt of in between and that bear on the line.',
      resolve: ({ causes }) => causes.map(({ eventId }) => eventId),
    }),
  }),
})

export const StatementRef = builder.objectRef<RepStatement>('CommissionStatement').implement({
  description: 'What a rep gets for a month: opening + earned + adjusted − payable = closing.',
  fields: (t) => {
    const amount = (of: (statement: book.Statement) => number, description: string) =>
      t.field({
        type: MoneyRef,
        description,
        resolve: ({ statement, currency }) => ({ amount: of(statement), currency }),
      })
    return {
      rep: t.field({
        type: RepRef,
        nullable: true,
        description: 'Whose it is.',
        resolve: ({ statement }, _, { loaders }) => loaders.reps.load(statement.repId),
      }),
      period: t.string({ description: 'The month, such as `2026-05`.', resolve: ({ statement }) => statement.period }),
      status: t.field({
        type: Status,
        description: 'Whether it still takes in what comes.',
        resolve: ({ statement }) => statement.status,
      }),
      stage: t.field({
        type: StageEnum,
        nullable: true,
        description: 'How far the month is on its way to its close; null before it is cut off.',
        resolve: ({ stage }) => stage,
      }),
      asOf: t.exposeString('asOf', { description: 'The place in the log up to which it takes in what is known.' }),
      opening: amount(({ opening }) => opening, 'Owed to the rep from before; negative where the rep owes.'),
      lines: t.field({
        type: [LineRef],
        description: 'What the month itself brings.',
        resolve: ({ statement, currency }) => statement.lines.map((line) => ({ ...line, currency })),
      }),
      adjustments: t.field({
        type: [AdjustmentRef],
        description: 'What became known of earlier months.',
        resolve: ({ statement, currency }) => statement.adjustments.map((line) => ({ ...line, currency })),
      }),
      earned: amount(({ earned }) => earned, 'Sum of the lines.'),
      adjusted: amount(({ adjusted }) => adjusted, 'Sum of the adjustments.'),
      advance: amount(({ advance }) => advance, 'Paid in advance of what is earned later; part of `payable`.'),
      payable: amount(({ payable }) => payable, 'What is paid for the month.'),
      closing: amount(({ closing }) => closing, 'Owed to the rep afterwards; negative where the rep owes.'),
    }
  },
})

export const StatementConnection = connectionOf(StatementRef)
