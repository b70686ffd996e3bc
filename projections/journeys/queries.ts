import type { Database } from '@headwater/infra/database'
import type { Instant, Position } from '@headwater/schema'
import { selectRows } from '../engine/rows.ts'
import { Where } from '../page.ts'
import type { Viewer } from '../viewer.ts'
import {
  type JourneyLinkRow,
  type JourneyMark,
  type JourneyMarkRow,
  type JourneyTouchRow,
  journeyLinks,
  journeyMarks,
  journeyTouches,
} from './tables.ts'

export interface JourneyFacts {
  readonly touches: readonly JourneyTouchRow[]
  readonly links: readonly JourneyLinkRow[]
  readonly marks: readonly JourneyMarkRow[]
}

export interface WhichJourneyFacts {
  /** What the log tells up to here, and nothing of what came later. */
  readonly upTo: Position
  /** Touches of this business time: from, and before. */
  readonly touchesFrom?: Instant | undefined
  readonly touchesTo?: Instant | undefined
  readonly marks: readonly JourneyMark[]
}

/** Touches, links and successes as they were known at a place of the log, in its order; the read model must have come there. */
export async function readJourneyFacts(
  db: Database,
  _viewer: Viewer,
  { upTo, touchesFrom, touchesTo, marks }: WhichJourneyFacts,
): Promise<JourneyFacts> {
  const known = () => new Where().add('t.position <= ?', upTo)
  const touches = known()
  if (touchesFrom !== undefined) touches.add('t.occurred_at >= ?', touchesFrom)
  if (touchesTo !== undefined) touches.add('t.occurred_at < ?', touchesTo)
  const links = known()
  const marked = known().add('t.mark = any(?)', marks)
  const select = <T extends Parameters<typeof selectRows>[1]>(of: T, where: Where) =>
    selectRows(db.pool, of, `${where.sql} order by t.position`, where.values)
  return {
    touches: await select(journeyTouches, touches),
    links: await select(journeyLinks, links),
    marks: await select(journeyMarks, marked),
  }
}
