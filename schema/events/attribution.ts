import { z } from 'zod'
import { Instant } from '../envelope.ts'
import { Id } from '../ids.ts'
import { Currency, MinorUnits } from '../money.ts'
import { defineEvent, type EventOf } from './define.ts'
import { Label } from './lead.ts'
import { Digest } from './ledger.ts'

/** What counts as success. Values: of a deal as won, of a contract as signed, of a payment less what went back. */
export const Conversion = z.enum(['won', 'contract', 'payment'])
export type Conversion = z.infer<typeof Conversion>

/** By what of the touches credit is split. */
export const TouchDimension = z.enum(['channel', 'campaign', 'content', 'rep'])
export type TouchDimension = z.infer<typeof TouchDimension>

/** What an attribution is asked. With a place in the log they make its result, to the byte. */
export const AttributionParameters = z.object({
  /** By name; how each is set is in `settings`. */
  models: z.array(Label).min(1),
  settings: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.array(z.number())])),
  conversion: Conversion,
  by: TouchDimension,
  /** Conversions of this time, in business time: from, and before. */
  from: Instant.optional(),
  to: Instant.optional(),
  /** Only touches of so many days of 24 hours before the conversion count. */
  lookBackDays: z.int().positive().max(36_500),
  /** Values and costs in other currencies are left out, and counted. */
  currency: Currency,
})
export type AttributionParameters = z.infer<typeof AttributionParameters>

/** What is recorded of a run; the result itself is not kept: it comes out again from the parameters and the log up to the position. */
export const AttributionRun = z.object({
  parameters: AttributionParameters,
  /** The last event that could count. */
  position: z.string().min(1),
  /** Of the result's canonical JSON. */
  digest: Digest,
  conversions: z.int().nonnegative(),
  /** Minor units. */
  value: MinorUnits,
})
export type AttributionRun = z.infer<typeof AttributionRun>

export const AttributionRunRecorded = defineEvent('AttributionRunRecorded', [AttributionRun.extend({ runId: Id })])

export const attributionEvents = [AttributionRunRecorded] as const
export type AttributionEvent = EventOf<typeof attributionEvents>
