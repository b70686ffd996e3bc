import { type Database, sharing, withRetry } from '@headwater/infra/database'
import type { KeyVault } from '@headwater/infra/ports'
import { normaliseOrganisation } from '@headwater/schema'
import { phoneToken } from './fold.ts'

export interface DuplicateQuestion {
  readonly phone?: string | undefined
  readonly organisation?: string | undefined
  readonly exceptLeadId?: string | undefined
}

export interface Duplicate {
  readonly leadId: string
  readonly on: 'phone' | 'organisation'
}

/**
 * The look-up `duplicates` of the command side: leads with the same normalised phone or organisation, oldest first, each once for
 * each thing that is equal; leads merged away are left out. It may be stale: a duplicate missed here is still found by
 * `duplicatesOfLead`. Questions asked at the same time share a round trip.
 * @throws PostgresUnavailable
 */
export function duplicateLookup(db: Database, vault: Pick<KeyVault, 'blindIndex'>) {
  const lookup = sharing((questions: readonly DuplicateQuestion[]) => findAll(db, vault, questions), 500)
  return { findDuplicates: (question: DuplicateQuestion): Promise<readonly Duplicate[]> => lookup.load(question) }
}

async function findAll(
  db: Database,
  vault: Pick<KeyVault, 'blindIndex'>,
  questions: readonly DuplicateQuestion[],
): Promise<Duplicate[][]> {
  const query = {
    name: 'find-duplicates',
    text: `select q.place::integer, d.lead_id as "leadId", d."on"
      from unnest($1::text[], $2::text[], $3::text[]) with ordinality q (token, organisation, except_lead, place)
      cross join lateral (
        select l.lead_id, m."on", l.captured_at from (
          select lead_id, 'phone' as "on" from read.lead_identities where kind = 'phone' and token = q.token
          union all
          select lead_id, 'organisation' from read.leads where organisation_key = q.organisation
        ) m join read.leads l using (lead_id)
        where l.status <> 'merged' and l.lead_id is distinct from q.except_lead
        order by l.captured_at, l.lead_id, m."on" desc limit 100
      ) d
      order by q.place, d.captured_at, d.lead_id, d."on" desc`,
    values: [
      questions.map(({ phone }) => (phone === undefined ? undefined : phoneToken(vault, phone))),
      questions.map(({ organisation }) => (organisation === undefined ? null : normaliseOrganisation(organisation))),
      questions.map(({ exceptLeadId }) => exceptLeadId),
    ],
  }
  const { rows } = await withRetry(() => db.pool.query<Duplicate & { place: number }>(query))
  const found = questions.map((): Duplicate[] => [])
  for (const { place, leadId, on } of rows) found[place - 1]!.push({ leadId, on })
  return found
}
