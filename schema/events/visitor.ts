import { z } from 'zod'
import { Id } from '../ids.ts'
import { defineEvent, type EventOf } from './define.ts'
import { Label, Source, TouchOrigin } from './lead.ts'

/** The parameters of a campaign's link, `utm_source` and so on, as they stood in the address. */
export const Utm = z.object({
  source: Label.optional(),
  medium: Label.optional(),
  campaign: Label.optional(),
  content: Label.optional(),
  term: Label.optional(),
})
export type Utm = z.infer<typeof Utm>

/** Names of the parameters by which advertising networks mark a click. The mark itself would single out a person: it is not kept. */
export const ClickId = z.enum(['gclid', 'msclkid', 'fbclid', 'bd_vid', 'qz_gdt', 'ttclid'])
export type ClickId = z.infer<typeof ClickId>

/** Somebody not known yet, by a pseudonym (a first-party cookie, a device, the key of another tool), was met by something of ours. */
export const VisitorTouched = defineEvent('VisitorTouched', [
  Source.extend({
    ...TouchOrigin.shape,
    visitorId: Id,
    touchId: Id,
    channel: Label,
    /** Came by themselves: no link, advertisement or mail led here. */
    direct: z.boolean(),
    utm: Utm.optional(),
    clickId: ClickId.optional(),
    /** Host of the page that linked here. */
    referrer: Label.optional(),
  }),
])
/** Who the visitor is. What they were touched by before belongs to the story as well. */
export const VisitorIdentified = defineEvent('VisitorIdentified', [
  z.discriminatedUnion('as', [
    z.object({ as: z.literal('lead'), leadId: Id }),
    z.object({ as: z.literal('customer'), customerId: Id }),
  ]),
])

export const visitorEvents = [VisitorTouched, VisitorIdentified] as const
export type VisitorEvent = EventOf<typeof visitorEvents>
