import { ClickId, Id, Label, Source, TouchOrigin, Utm } from '@headwater/schema'
import { z } from 'zod'

/** Commands of a visitor; the stream's id is the visitor's pseudonym. */
export const VisitorCommand = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('TouchVisitor'),
    data: Source.extend({
      ...TouchOrigin.shape,
      /** Without it, and without a channel, the link tells: see `channelOf`. */
      channel: Label.optional(),
      direct: z.boolean().optional(),
      utm: Utm.optional(),
      clickId: ClickId.optional(),
      referrer: Label.optional(),
    }),
  }),
  z.object({
    type: z.literal('IdentifyVisitor'),
    data: z.object({ leadId: Id.optional(), customerId: Id.optional() }),
  }),
])
export type VisitorCommand = z.infer<typeof VisitorCommand>
