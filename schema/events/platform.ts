import { z } from 'zod'
import { Id } from '../ids.ts'
import { MissingItem } from './deal.ts'
import { defineEvent, type EventOf } from './define.ts'

/** The person's key was destroyed: what was sealed with it cannot be read any more. */
export const PersonForgotten = defineEvent('PersonForgotten', [z.object({ subject: Id, reason: z.string().min(1) })])

/** A command as a device sent it, sealed: it may hold anything. */
const OfflineItem = z.object({ sequence: z.number().int().nonnegative(), commandId: Id })

/** An item that came before its turn waits in the device's stream; `command` is sealed by the shell. */
export const OfflineItemHeld = defineEvent('OfflineItemHeld', [OfflineItem.extend({ command: z.string() })])
/** The first and only answer to an item, given again whenever the item comes again. */
export const OfflineItemAnswered = defineEvent('OfflineItemAnswered', [
  OfflineItem.extend({
    answer: z.discriminatedUnion('status', [
      z.object({ status: z.literal('accepted'), stream: z.string(), revision: z.number().int() }),
      z.object({
        status: z.literal('refused'),
        code: z.string(),
        message: z.string(),
        missing: z.array(MissingItem).optional(),
        details: z.record(z.string(), z.unknown()).optional(),
      }),
    ]),
  }),
])

export const personEvents = [PersonForgotten] as const
export type PersonEvent = EventOf<typeof personEvents>
export const deviceEvents = [OfflineItemHeld, OfflineItemAnswered] as const
export type DeviceEvent = EventOf<typeof deviceEvents>
