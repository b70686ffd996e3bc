import {
  type CountedVisit,
  dealsBehind,
  type FunnelNumber,
  type FunnelQuery,
  InvalidCursor,
  type Page,
} from '@headwater/projections'
import type { Context } from '../context.ts'

/** A page of what a number counts, by deal and visit; a cursor names the visit, so pages hold while others come and go. */
export async function countedVisits(
  { db, viewer }: Context,
  query: FunnelQuery,
  number: FunnelNumber,
  { first, after }: { first: number; after?: string },
): Promise<Page<CountedVisit>> {
  const all = (await dealsBehind(db, viewer, query, number)).sort(compare)
  const last = after === undefined ? undefined : readCursor(after)
  const rest = last ? all.filter((visit) => compare(visit, last) > 0) : all
  return {
    edges: rest.slice(0, first).map((node) => ({ cursor: `${node.dealId}/${node.visitNo}`, node })),
    hasNextPage: rest.length > first,
  }
}

type Place = Pick<CountedVisit, 'dealId' | 'visitNo'>

const compare = (a: Place, b: Place): number =>
  a.dealId === b.dealId ? a.visitNo - b.visitNo : a.dealId < b.dealId ? -1 : 1

function readCursor(cursor: string): Place {
  const match = /^([^/]+)\/(\d{1,9})$/.exec(cursor)
  if (!match) throw new InvalidCursor(cursor)
  return { dealId: match[1]!, visitNo: Number(match[2]) }
}
