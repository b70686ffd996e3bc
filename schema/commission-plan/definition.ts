// The format of commission plans: what people write as YAML, checked as a whole before anybody is paid by it.
import { z } from 'zod'
import { Label } from '../events/lead.ts'
import { Id } from '../ids.ts'
import { Currency } from '../money.ts'
import { LocalText } from '../playbook.ts'
import { Rate, Share } from '../rate.ts'
import { LocalDate, TimeZone } from '../time/index.ts'

/** An amount in the plan's currency as people write it: `"100000"`, `"99.50"`. */
const Amount = z.union([z.string(), z.int().nonnegative()]).transform(String)

/** What a rule is about; without it, everything. */
const Selector = z.object({
  productLines: z.array(Label).min(1).optional(),
  stores: z.array(Id).min(1).optional(),
})
export type Selector = z.infer<typeof Selector>

/** Half-open: from `from` on, below `to`; the last one has no `to`. */
export const Tier = z.object({ from: Amount, to: Amount.optional(), rate: Rate })
export type Tier = z.infer<typeof Tier>

const common = { id: Id, name: LocalText.optional(), only: Selector.optional() }

/** Each rule pays on cash received, beside the others. */
export const CommissionRule = z.discriminatedUnion('kind', [
  z.object({ ...common, kind: z.literal('flat'), rate: Rate }),
  z.object({
    ...common,
    kind: z.literal('tiers'),
    /** The time over which receipts add up; a year begins in January. */
    over: z.enum(['month', 'quarter', 'year']),
    /** `marginal`: each part at the rate of its tier. `whole`: all of it at the rate of the tier that is reached. */
    mode: z.enum(['marginal', 'whole']),
    tiers: z.array(Tier).min(1),
  }),
  z.object({
    ...common,
    kind: z.literal('relationship'),
    /** What the customer's year counts by: anniversaries of the first contract, or renewals. */
    year: z.enum(['anniversary', 'renewals']),
    /** Of the first year, the second …; the last one goes on. */
    rates: z.array(Rate).min(1),
  }),
])
export type CommissionRule = z.infer<typeof CommissionRule>

const Pool = z.object({
  id: Id,
  name: LocalText.optional(),
  rate: Rate,
  /** Whose receipts feed it. */
  stores: z.array(Id).min(1),
  members: z.array(z.object({ repId: Id, share: Share })).min(1),
})

/** Its fields, one by one; see `CommissionPlanDefinition`. */
export const CommissionPlanFields = z.object({
  name: LocalText,
  currency: Currency,
  /** Months and days are those of this zone. */
  zone: TimeZone,
  /** Receipts from the first day on, up to and with the last. Both are ends of months: a month has one plan. */
  effective: z.object({ from: LocalDate, to: LocalDate.optional() }),
  /** May begin in a month that is closed: the difference becomes adjustments in the open one. */
  retroactive: z.boolean().default(false),
  /** Without it, everybody. */
  covers: z.object({ reps: z.array(Id).optional(), stores: z.array(Id).optional() }).default({}),
  /** The product lines that the plan may name. */
  productLines: z.array(Label).default([]),
  rules: z.array(CommissionRule).default([]),
  /** Factors on what the rules give, by product line and by store; 1 where none is named. */
  multipliers: z
    .object({
      productLines: z.record(Label, Rate).default({}),
      stores: z.record(Id, Rate).default({}),
    })
    .prefault({}),
  /** What all rules together give in a month: at most, at least. */
  cap: Amount.optional(),
  floor: Amount.optional(),
  /** Paid for each month on whose last day the certificate is held. */
  allowances: z.array(z.object({ certificate: Id, amount: Amount })).default([]),
  pools: z.array(Pool).default([]),
  /** Paid in advance each month; a recoverable one is taken back from what is earned later. */
  draw: z.object({ amount: Amount, recoverable: z.boolean() }).optional(),
  /** Receipts that count only once this has come: the contract paid in full, or one of its milestones. */
  holds: z
    .array(
      z.object({
        until: z.union([z.literal('fully-paid'), z.object({ milestone: Id })]),
        only: Selector.optional(),
      }),
    )
    .default([]),
  /** What a former owner keeps of a customer that was handed over. */
  handOver: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('new-owner') }),
      z.object({ kind: z.literal('sunset'), share: Share, months: z.int().positive().max(120) }),
    ])
    .default({ kind: 'new-owner' }),
})
export type CommissionPlanFields = z.infer<typeof CommissionPlanFields>
