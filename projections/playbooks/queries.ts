import type { Database } from '@headwater/infra/database'
import { selectRows } from '../engine/rows.ts'
import type { Viewer } from '../viewer.ts'
import { type PlaybookRow, type PlaybookVersionRow, playbooks, playbookVersions } from './tables.ts'

export function listPlaybooks(db: Database, _viewer: Viewer): Promise<PlaybookRow[]> {
  return selectRows(db.pool, playbooks, 'order by t.playbook_id')
}

/** Newest first; empty for an unknown playbook. */
export function versionsOfPlaybook(db: Database, _viewer: Viewer, playbookId: string): Promise<PlaybookVersionRow[]> {
  return selectRows(db.pool, playbookVersions, 'where t.playbook_id = $1 order by t.version desc', [playbookId])
}
