import { z } from 'zod'
import { Id } from '../ids.ts'
import { PlaybookDefinition } from '../playbook.ts'
import { defineEvent, type EventOf } from './define.ts'

export const PlaybookPublished = defineEvent('PlaybookPublished', [
  z.object({ playbookId: Id, version: z.number().int().positive(), definition: PlaybookDefinition }),
])

export const playbookEvents = [PlaybookPublished] as const
export type PlaybookEvent = EventOf<typeof playbookEvents>
