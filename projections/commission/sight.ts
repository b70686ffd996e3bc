// Whose income somebody may see.
import type { Queryable } from '../engine/rows.ts'
import type { Viewer } from '../viewer.ts'
import { IncomeHidden } from './errors.ts'

const everybody = new Set(['headquarters', 'finance', 'administrator'])
const superiors = new Set(['store-manager', 'regional-manager'])

/** As it stands: whoever left leads nobody, but those below a superior who left are still below the next one. A ring ends, as `union` keeps none twice. */
const LINE = `
  with recursive line as (
    select rep_id from read.reps where rep_id = $1 and left_at is null
    union
    select below.rep_id from read.reps below join line on below.superior_id = line.rep_id)
  select rep_id from line`

/**
 * Reps see their own income, managers that of their reporting line besides, headquarters, finance and administrators everybody's.
 * @throws IncomeHidden for the other roles
 */
export async function incomeSeenBy(on: Queryable, { id, role }: Viewer): Promise<(repId: string) => boolean> {
  if (everybody.has(role)) return () => true
  if (role === 'rep') return (repId) => repId === id
  if (!superiors.has(role)) throw new IncomeHidden()
  const { rows } = await on.query<{ rep_id: string }>(LINE, [id])
  const line = new Set([id, ...rows.map((row) => row.rep_id)])
  return (repId) => line.has(repId)
}

/** For what is about the whole organisation. @throws IncomeHidden */
export function mustSeeAll({ role }: Viewer): void {
  if (!everybody.has(role)) throw new IncomeHidden()
}
