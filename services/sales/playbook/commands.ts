import { PlaybookDefinition } from '@headwater/schema'
import { z } from 'zod'

/** Commands of a playbook; the stream's id is the playbook's. */
export const PlaybookCommand = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('PublishPlaybook'),
    /** `version` guards against two people publishing at once: it must be the next one. */
    data: z.object({ version: z.number().int().positive().optional(), definition: PlaybookDefinition }),
  }),
])
export type PlaybookCommand = z.infer<typeof PlaybookCommand>
