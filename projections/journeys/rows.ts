// The rows that a stream's facts add. Written as literals: copies of objects take several times as long, and no read model adds more of them.
import type { StoredEvent } from '@headwater/schema'
import type { Document } from '../engine/read-model.ts'
import { changedRow } from '../engine/table.ts'
import {
  type JourneyLinkRow,
  type JourneyMark,
  type JourneyMarkRow,
  type JourneyRow,
  type JourneyTouchRow,
  journeyLinks,
  journeyMarks,
  journeys,
  journeyTouches,
} from './tables.ts'

export const parts = { touches: journeyTouches, links: journeyLinks, marks: journeyMarks }
export type Journey = Document<typeof journeys, typeof parts>

/** What a touch says of itself. */
export interface Touch {
  readonly touchId: string
  readonly channel: string | null
  readonly campaign?: string | undefined
  readonly content?: string | undefined
  /** The stream's unless another is named. */
  readonly repId?: string | undefined
  readonly direct?: boolean | undefined
  readonly system?: string | undefined
  readonly cost?: { readonly amount: number; readonly currency: string } | undefined
}

export function touched(journey: Journey, { meta, recordedAt, position }: StoredEvent, touch: Touch): Journey {
  const { root, touches, links, marks } = journey
  const row: JourneyTouchRow = {
    journeyId: root.journeyId,
    touchNo: touches.length,
    touchId: touch.touchId,
    person: root.person,
    channel: touch.channel,
    campaign: touch.campaign ?? null,
    content: touch.content ?? null,
    repId: touch.repId ?? root.repId,
    direct: touch.direct ?? false,
    system: touch.system ?? null,
    cost: touch.cost?.amount ?? null,
    costCurrency: touch.cost?.currency ?? null,
    occurredAt: meta.occurredAt,
    recordedAt,
    position,
  }
  return { root, touches: [...touches, row], links, marks }
}

/** The stream's person is this one. */
export function linked(
  { root, touches, links, marks }: Journey,
  { meta, recordedAt, position }: StoredEvent,
  samePerson: string,
): Journey {
  const row: JourneyLinkRow = {
    journeyId: root.journeyId,
    linkNo: links.length,
    person: root.person,
    samePerson,
    occurredAt: meta.occurredAt,
    recordedAt,
    position,
  }
  return { root, touches, links: [...links, row], marks }
}

export interface Marked {
  readonly mark: JourneyMark
  readonly markId: string
  readonly count: number
  readonly amount: number | null
  readonly currency: string | null
}

export function marked(
  { root, touches, links, marks }: Journey,
  { meta, recordedAt, position }: StoredEvent,
  { mark, markId, count, amount, currency }: Marked,
): Journey {
  const row: JourneyMarkRow = {
    journeyId: root.journeyId,
    markNo: marks.length,
    mark,
    markId,
    person: root.person,
    dealId: root.dealId,
    repId: root.repId,
    count,
    amount,
    currency,
    occurredAt: meta.occurredAt,
    recordedAt,
    position,
  }
  return { root, touches, links, marks: [...marks, row] }
}

export const known = ({ root, touches, links, marks }: Journey, changes: Partial<JourneyRow>): Journey => ({
  root: changedRow(journeys, root, changes),
  touches,
  links,
  marks,
})
