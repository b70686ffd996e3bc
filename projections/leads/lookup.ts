import { type Database, withRetry } from '@headwater/infra/database'
import type { KeyVault } from '@headwater/infra/ports'
import { normaliseOrganisation } from '@headwater/schema'
import { phoneToken } from './fold.ts'

export interface DuplicateQuestion {
  readonly phone?: string | undefined
  readonly organisation?: string | undefined
  readonly exceptLeadId?: string | undefined
}

/**
 * The look-up `duplicates` of the command side: leads with the same normalised phone or organisation, oldest first, each once for
 * each thing that is equal; leads merged away are left out. It may be stale: a duplicate missed here is still found by
 * `duplicatesOfLead`.
 * @throws PostgresUnavailable
 */
export async function findDuplicates(
  db: Database,
  vault: Pick<KeyVault, 'blindIndex'>,
  { phone, organisation, exceptLeadId }: DuplicateQuestion,
): Promise<{ leadId: string; on: 'phone' | 'organisation' }[]> {
  const token = phone === undefined ? undefined : phoneToken(vault, phone)
  const key = organisation === undefined ? null : normaliseOrganisation(organisation)
  if (token === undefined && key === null) return []
  const query = {
    name: 'find-duplicates',
    text: `select l.lead_id as "leadId", m."on" from (
        select lead_id, 'phone' as "on" from read.lead_identities where kind = 'phone' and token = $1
        union all
        select lead_id, 'organisation' from read.leads where organisation_key = $2
      ) m join read.leads l using (lead_id)
      where l.status <> 'merged' and l.lead_id is distinct from $3
      order by l.captured_at, l.lead_id, m."on" desc limit 100`,
    values: [token, key, exceptLeadId],
  }
  const { rows } = await withRetry(() => db.pool.query<{ leadId: string; on: 'phone' | 'organisation' }>(query))
  return rows
}
