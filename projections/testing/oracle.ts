// The funnel once more, from the events alone and as naively as its definitions read: what SQL is held against.
import { bucketStart, businessClock, msOf, type RecordedEvent } from '@headwater/schema'
import type { FunnelQuery, Measure } from '../funnel/query.ts'
import { storeMoves, versions } from './deals.ts'

interface Visit {
  readonly dealId: string
  readonly no: number
  readonly version: number
  readonly stage: string
  readonly dims: Record<string, string | null>
  readonly since: string
  readonly entered: string
  readonly continued: boolean
  exited?: string
  exit?: string
  next?: string
  skipped: readonly string[]
  lossReason?: string
  flagged: boolean
}
interface Block {
  readonly visit: Visit
  readonly reason: string
}

/** One thing counted: `seconds` for durations, of calendar and business time. */
export interface Counted {
  readonly measure: Measure
  readonly stage: string
  readonly reason: string | null
  readonly visit: Visit
  readonly dims: Record<string, string | null>
  readonly seconds?: readonly [number, number]
}

const order = ['a', 'b', 'c', 'x', 'd']
const regionOf = (store: string | null, at: string) => (store === 's1' && at >= storeMoves ? 'south' : store && 'north')

/** All that the funnel of a query counts. `events` are those of the deals' streams. */
export function countedFacts(events: readonly RecordedEvent[], query: FunnelQuery, now: string): Counted[] {
  const { businessTime, recordedTime } = query.asOf
  const known = events.filter(
    (event) =>
      (!businessTime || event.meta.occurredAt <= businessTime) && (!recordedTime || event.recordedAt <= recordedTime),
  )
  const deals = new Map<string, RecordedEvent[]>()
  for (const event of known) deals.set(event.stream, [...(deals.get(event.stream) ?? []), event])
  return [...deals.values()].flatMap((story) => countDeal(story, query, now))
}

function countDeal(story: readonly RecordedEvent[], query: FunnelQuery, now: string): Counted[] {
  const all = replay(story)
  const { version } = query.playbook
  const stages = version ? versions[version - 1]!.stages.map(({ id }) => id) : order
  const visits = all.visits.filter((visit) => !version || visit.version === version)
  const { stage: anchorStage, from, to } = query.cohort
  const anchor = visits.find((visit) => !anchorStage || visit.stage === anchorStage)?.since
  if (!anchor || (from && anchor < from) || (to && anchor >= to)) return []
  const bucket = bucketStart(msOf(anchor), query.bucket.unit, query.bucket.zone ?? 'Asia/Shanghai')
  const facts: Counted[] = []
  const count = (
    measure: Measure,
    visit: Visit,
    more: { stage?: string; reason?: string; dims?: Visit; seconds?: [number, number] } = {},
  ) => {
    const dims = { ...(more.dims ?? visit).dims, bucket }
    const { stage = visit.stage, reason = null, seconds } = more
    facts.push({ measure, stage, reason, visit, dims, ...(seconds && { seconds }) })
  }
  const window = query.conversionWindow
    ? 3_600_000 * Number(/PT(\d+)H/.exec(query.conversionWindow)![1])
    : Number.POSITIVE_INFINITY
  const index = (visit: Visit) => stages.indexOf(visit.stage)
  const wonAt = visits.find((visit) => visit.exit === 'won')
  const duration = (visit: Visit, until: string): [number, number] => {
    const clock = businessClock(versions[visit.version - 1]!.calendar)
    const business = clock.at(msOf(until)) - clock.at(msOf(visit.since))
    return [(msOf(until) - msOf(visit.since)) / 1000, business / 1000]
  }
  for (const stage of stages) {
    const stays = visits.filter((visit) => visit.stage === stage)
    const [first] = stays
    const begun = stays.filter((visit) => visit === first || !visit.continued)
    for (const visit of begun) count('visits', visit)
    if (begun[1]) count('reentries', begun[1])
    const flagged = stays.find((visit) => visit.flagged)
    if (flagged) count('flagged', flagged)
    for (const visit of stays)
      if (!visit.flagged && visit.exited && visit.exit !== 'migrate') {
        const own = versions[visit.version - 1]!.stages.map(({ id }) => id)
        const seconds = duration(visit, visit.exited)
        count('dwell', visit, { seconds })
        const next = own[own.indexOf(stage) + 1]
        if (visit.exit === 'won' ? next === undefined : visit.next !== undefined && visit.next === next)
          count('dwellToNext', visit, { seconds })
      }
    const jumped = visits.find((visit) => visit.skipped.includes(stage))
    if (jumped) count('skipped', jumped, { stage })
    for (const reason of ['price', 'time', 'budget']) {
      const blocked = all.blocks.find((b) => b.reason === reason && b.visit.stage === stage && visits.includes(b.visit))
      if (blocked) count('blocked', blocked.visit, { reason })
    }
    if (!first) continue
    count('reached', first)
    const after = [
      ...visits.filter((v) => v.no > first.no && index(v) > index(first)).map((v) => v.entered),
      ...visits.filter((v) => v.no >= first.no && v.exit === 'won').map((v) => v.exited!),
    ].sort()
    if (after[0] && msOf(after[0]) - msOf(first.since) <= window) count('converted', first)
    const base = visits.find((visit) => visit.stage === stages[0])
    if (base && msOf(first.since) - msOf(base.since) <= window) count('overall', first, { dims: base })
  }
  void wonAt
  const flagged = visits.find((visit) => visit.flagged)
  if (flagged) count('flaggedCases', flagged)
  const last = visits.at(-1)!
  if (last.exit === 'won') count('won', last)
  if (last.exit === 'lost') count('lost', last, { reason: last.lossReason! })
  if (!last.exited) {
    count('open', last)
    if (!last.flagged) count('openAge', last, { seconds: duration(last, now) })
  }
  return facts
}

// biome-ignore lint/suspicious/noExplicitAny: the oracle reads events as plain JSON
type Data = any

function replay(story: readonly RecordedEvent[]): { visits: Visit[]; blocks: Block[] } {
  const visits: Visit[] = []
  const blocks: Block[] = []
  let deal: {
    id: string
    version: number
    rep: string | null
    store: string | null
    channel: string | null
    segment: string | null
  }
  let blocked: string | null = null
  const enter = (event: RecordedEvent, stage: string, from?: Visit) => {
    const since = from?.since ?? event.meta.occurredAt
    const { rep, store, channel, segment } = deal
    const flagged = from ? entryFlagged.has(from) : ((event.data as Data).flags?.length ?? 0) > 0
    const visit: Visit = {
      dealId: deal.id,
      no: visits.length,
      version: deal.version,
      stage,
      dims: { rep, store, channel, segment, region: regionOf(store, since), productLine: null, campaign: null },
      since,
      entered: event.meta.occurredAt,
      continued: from !== undefined,
      skipped: [],
      flagged,
    }
    if (flagged) entryFlagged.add(visit)
    visits.push(visit)
  }
  const entryFlagged = new Set<Visit>()
  const leave = (event: RecordedEvent, exit: string, data: Data) => {
    const visit = visits.at(-1)!
    visit.exited = event.meta.occurredAt
    visit.exit = exit
    visit.skipped = data.skipped ?? []
    if (data.to && exit === 'move') visit.next = data.to
    if (data.flags?.length) visit.flagged = true
  }
  for (const event of story) {
    const data = event.data as Data
    switch (event.type) {
      case 'DealOpened':
        deal = {
          id: data.dealId,
          version: data.playbook.version,
          rep: data.repId,
          store: data.storeId,
          channel: data.source.channel,
          segment: data.segment ?? null,
        }
        enter(event, data.stage)
        break
      case 'DealAdvanced':
      case 'DealSkippedAhead':
      case 'DealMovedBack':
      case 'DealReentered':
        leave(event, 'move', data)
        enter(event, data.to)
        break
      case 'DealWon':
        leave(event, 'won', data)
        break
      case 'DealLost':
        leave(event, 'lost', data)
        visits.at(-1)!.lossReason = data.reason
        break
      case 'DealReopened':
        enter(event, data.stage)
        break
      case 'DealMigrated': {
        const before = visits.at(-1)!
        leave(event, 'migrate', {})
        deal!.version = data.to.version
        enter(event, data.toStage, before)
        if (blocked) blocks.push({ visit: visits.at(-1)!, reason: blocked })
        break
      }
      case 'DealAssigned':
        deal!.rep = data.repId
        deal!.store = data.storeId
        break
      case 'DealBlocked':
        blocked = data.reason
        blocks.push({ visit: visits.at(-1)!, reason: data.reason })
        break
      case 'DealUnblocked':
        blocked = null
        break
    }
  }
  return { visits, blocks }
}
