import { Currency, Digest, Period, PeriodContent, TimeZone } from '@headwater/schema'
import { z } from 'zod'

const command = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.object({ type: z.literal(type), data: z.object(shape) })

/** Commands of the commission ledger. It is one stream, `ledger-main`, as its seals are one chain. */
export const LedgerCommand = z.discriminatedUnion('type', [
  command('OpenLedger', { zone: TimeZone, currency: Currency, firstPeriod: Period }),
  /** What is in the log now makes the period's statements. */
  command('CutOffPeriod', { period: Period }),
  z.object({ type: z.literal('PreparePeriod'), data: PeriodContent }),
  command('ReturnPeriod', { period: Period, reason: z.string().min(1).max(2000) }),
  command('ApprovePeriod', { period: Period, linesRoot: Digest }),
  z.object({
    type: z.literal('ClosePeriod'),
    data: PeriodContent.extend({ previousSeal: Digest.nullable(), seal: Digest }),
  }),
])
export type LedgerCommand = z.infer<typeof LedgerCommand>
