// What is prepared and sealed of a month is worked out here, and never sent.
import { ledger } from '@headwater/finance'
import { theLedger } from '@headwater/projections'
import type { InputFields } from '../shared/input.ts'
import { defineCommand, defineMutation } from '../shared/mutation.ts'
import { entityResult, shown } from '../shared/result.ts'
import { LedgerRef, PeriodRef } from './ledger.ts'

const PeriodResult = entityResult(PeriodRef, 'period', ({ loaders }, key) => loaders.periods.load(key))
const LedgerResult = entityResult(LedgerRef, 'ledger', ({ db, viewer }) => theLedger(db, viewer))
const onPeriod = { aggregate: ledger, target: 'period', result: PeriodResult } as const
const thePeriod = (t: InputFields) => ({
  period: t.string({ required: true, description: 'The month, such as `2026-05`.' }),
})

defineCommand('openLedger', {
  aggregate: ledger,
  target: 'firstPeriod',
  result: LedgerResult,
  command: 'OpenLedger',
  description: 'Opens the commission ledger, once and for all.',
  fields: (t) => ({
    zone: t.string({ required: true, description: 'The IANA time zone of its months, such as Asia/Shanghai.' }),
    currency: t.string({ required: true, description: 'ISO 4217 code, such as CNY.' }),
    firstPeriod: t.string({ required: true, description: 'The first month that will be closed, such as `2026-05`.' }),
  }),
})
defineCommand('cutOffPeriod', {
  ...onPeriod,
  command: 'CutOffPeriod',
  description:
    'What is known now makes the statements of a month that has ended; what comes later becomes adjustments.',
  fields: thePeriod,
})
defineCommand('returnPeriod', {
  ...onPeriod,
  command: 'ReturnPeriod',
  description: 'Sends a month back to be cut off and prepared anew.',
  fields: (t) => ({ ...thePeriod(t), reason: t.string({ required: true, description: 'Why.' }) }),
})
defineCommand('approvePeriod', {
  ...onPeriod,
  command: 'ApprovePeriod',
  description: 'Approves a month as it was prepared. Refused for whoever cut it off or prepared it.',
  fields: (t) => ({
    ...thePeriod(t),
    linesRoot: t.string({
      required: true,
      description: 'The statements and lines that were looked at: `Period.linesRoot`.',
    }),
  }),
})
defineMutation('preparePeriod', {
  result: PeriodResult,
  description:
    'Works out the statements of a month as known at its cut-off, and cuts it off where it is not; somebody else approves them.',
  fields: thePeriod,
  run: async ({ period }, envelope, { closing }) =>
    shown(await closing.preparePeriod(period as string, envelope), period as string),
})
defineMutation('closePeriod', {
  result: PeriodResult,
  description:
    'Works an approved month out again and seals it, if it is what was approved. Refused for whoever cut it off or prepared it.',
  fields: thePeriod,
  run: async ({ period }, envelope, { closing }) =>
    shown(await closing.closePeriod(period as string, envelope), period as string),
})
