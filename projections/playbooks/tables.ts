import type { LocalText, PlaybookDefinition } from '@headwater/schema'
import type { z } from 'zod'
import { instant, integer, json, type Row, table, text } from '../engine/table.ts'

export const playbooks = table(
  'playbooks',
  {
    playbookId: text(),
    revision: integer,
    latestVersion: integer,
    name: json<z.infer<typeof LocalText>>(),
    publishedAt: instant,
  },
  ['playbookId'],
)

export const playbookVersions = table(
  'playbook_versions',
  { playbookId: text(), version: integer, definition: json<PlaybookDefinition>(), publishedAt: instant },
  ['playbookId', 'version'],
)

export type PlaybookRow = Row<typeof playbooks>
export type PlaybookVersionRow = Row<typeof playbookVersions>
