// What reps get, as of a month's cut-off or now. Everything is worked out from facts when it is asked for: no line is stored.
import type { Database } from '@headwater/infra/database'
import { Id, type Instant, type LocalDate, type Period, type Position } from '@headwater/schema'
import { InvalidCursor, type Page, PageRequest } from '../page.ts'
import type { Viewer } from '../viewer.ts'
import { CHUNK, customersOf, factsOf, feeding, repIdsOf } from './bearing.ts'
import {
  type Accrual,
  accrual,
  type Comparison,
  type Credited,
  type CustomerFacts,
  creditOf,
  type Draft,
  type Entry,
  type Explanation,
  explain,
  type Forecast,
  forecast,
  type Held,
  openPools,
  type Statement,
  type StatementLine,
  statementsOf,
  timelineOf,
  whatIf,
} from './book/index.ts'
import { type Asked, atCut, type Cut, inSnapshot } from './cut.ts'
import { UnknownLine, UnknownRep } from './errors.ts'
import { liveBooks } from './live.ts'
import { renewalsOf } from './renewals.ts'
import { incomeSeenBy, mustSeeAll } from './sight.ts'

/** What goes with every answer: minor units of which currency, worked out from what the log told up to where. */
interface Answer {
  readonly currency: string
  readonly asOf: Position
  /** How far the month is on its way to its close; undefined while it takes in what comes. */
  readonly stage: Cut['stage']
}

export interface RepStatement extends Answer {
  readonly statement: Statement
}

export interface RepAccrual extends Answer, Omit<Accrual, 'statement'> {
  readonly statement: Statement
}

export interface ExplainedLine extends Answer {
  readonly line: StatementLine
  readonly explanation: Explanation
}

export interface WhatIf extends Answer {
  readonly reps: readonly Comparison[]
}

export interface RepForecast extends Forecast {
  readonly repId: string
  readonly currency: string
  readonly asOf: Position
  readonly from: LocalDate
}

/** Of one rep and month; a rep whom the viewer may not see is as unknown as one who does not exist. @throws LedgerNotOpen, UnknownPeriod, UnknownRep, IncomeHidden */
export async function statementOf(
  db: Database,
  viewer: Viewer,
  { repId, period, now }: { readonly repId: string; readonly period: Period; readonly now: Instant },
): Promise<RepStatement> {
  await mustSee(db, viewer, repId)
  return atCut(db, { period, now, repIds: [repId] }, async (cut) => {
    mustBeKnown(cut, repId)
    for await (const statement of statementsAt(cut, [repId])) return { ...answer(cut), statement }
    return { ...answer(cut), statement: nothing(cut, repId) }
  })
}

/** The open month that it is now: so far, and how far it is to the next tiers. @throws LedgerNotOpen, UnknownRep, IncomeHidden */
export async function openStatement(
  db: Database,
  viewer: Viewer,
  { repId, now }: { readonly repId: string; readonly now: Instant },
): Promise<RepAccrual> {
  await mustSee(db, viewer, repId)
  return inSnapshot(db, async (on) => {
    const { cut, books, settled } = await liveBooks(db, on, { repId, now })
    mustBeKnown(cut, repId)
    const { value } = books ? { value: books } : await credited(cut, [repId]).next()
    const { statement = nothing(cut, repId), ...more } = accrual(value!, repId, settled)
    return { ...answer(cut), statement, ...more }
  })
}

/** A line of a statement, whose id names rep and month. @throws LedgerNotOpen, UnknownPeriod, UnknownLine, IncomeHidden */
export async function explainLine(
  db: Database,
  viewer: Viewer,
  { lineId, now }: { readonly lineId: string; readonly now: Instant },
): Promise<ExplainedLine> {
  const { repId, period } = placeOf(lineId)
  const sees = await incomeSeenBy(db.pool, viewer)
  if (!sees(repId)) throw new UnknownLine(lineId)
  return atCut(db, { period, now, repIds: [repId] }, async (cut) => {
    const explanation = explain(await factsOf(cut, [repId]), repId, cut.period, lineId)
    if (!explanation) throw new UnknownLine(lineId)
    return { ...answer(cut), line: explanation.line, explanation }
  })
}

/** On whose statement of which month a line is, by its id. @throws UnknownLine */
export function placeOf(lineId: string): { readonly repId: string; readonly period: Period } {
  const [id, appears] = lineId.split('@')
  const [, repId, month] = id!.split('/')
  if (!repId || !month) throw new UnknownLine(lineId)
  return { repId, period: appears ?? month }
}

/**
 * What everybody gets for some months, both included, and what they would get, had the draft ruled them; without draws, by the reps' ids. Who
 * gets nothing either way is left out. A chunk of reps at a time. @throws LedgerNotOpen, IncomeHidden
 */
export async function whatIfOf(
  db: Database,
  viewer: Viewer,
  {
    draft,
    from,
    to,
    now,
  }: { readonly draft: Draft; readonly from: Period; readonly to: Period; readonly now: Instant },
): Promise<WhatIf> {
  mustSeeAll(viewer)
  return atCut(db, { now }, async (cut) => {
    const drafted = draft.definition.pools.flatMap(({ members }) => members.map(({ repId }) => repId))
    const ids = [...new Set([...(await repIdsOf(cut)), ...drafted])].sort()
    const reps: Comparison[] = []
    for (let i = 0; i < ids.length; i += CHUNK) {
      const chunk = new Set(ids.slice(i, i + CHUNK))
      const found = whatIf(draft, await factsOf(cut, [...chunk], [draft.definition]), from, to)
      reps.push(...found.filter((one) => chunk.has(one.repId) && (one.old !== 0 || one.new !== 0)))
    }
    return { ...answer(cut), reps }
  })
}

/** The next three years, if contracts go on being renewed as they were. @throws LedgerNotOpen, UnknownRep, IncomeHidden */
export async function forecastOf(
  db: Database,
  viewer: Viewer,
  { repId, now }: { readonly repId: string; readonly now: Instant },
): Promise<RepForecast> {
  await mustSee(db, viewer, repId)
  return atCut(db, { now, repIds: [repId] }, async (cut) => {
    mustBeKnown(cut, repId)
    const { on, head, today, common } = cut
    const customers: CustomerFacts[] = []
    for await (const some of customersOf(cut, { repIds: [repId] })) customers.push(...some)
    const found = forecast({ common, customers, head }, repId, today, await renewalsOf(on, today, head))
    return { ...found, repId, currency: common.ledger.currency, asOf: head, from: today }
  })
}

/** Those of a month that the viewer may see, by the reps' ids. @throws LedgerNotOpen, UnknownPeriod, IncomeHidden, InvalidCursor */
export async function listStatements(
  db: Database,
  viewer: Viewer,
  asked: Pick<Asked, 'period' | 'now'>,
  page: PageRequest = {},
): Promise<Page<RepStatement>> {
  const sees = await incomeSeenBy(db.pool, viewer)
  const { first, after } = PageRequest.parse(page)
  const from = after === undefined ? '' : repOf(after)
  return atCut(db, asked, async (cut) => {
    const ids = (await repIdsOf(cut)).filter((repId) => repId > from && sees(repId))
    const shown = ids.slice(0, first)
    const statements = new Map<string, Statement>()
    for await (const statement of statementsAt(cut, shown)) statements.set(statement.repId, statement)
    return {
      edges: shown.map((repId) => ({
        cursor: Buffer.from(repId).toString('base64url'),
        node: { ...answer(cut), statement: statements.get(repId) ?? nothing(cut, repId) },
      })),
      hasNextPage: ids.length > first,
    }
  })
}

/**
 * Everybody's of a month that has anything in it, by the reps' ids, some at a time and all from one snapshot: for a close, and for exports.
 * @throws LedgerNotOpen, UnknownPeriod, IncomeHidden
 */
export async function eachStatement(
  db: Database,
  viewer: Viewer,
  asked: Pick<Asked, 'period' | 'now'>,
  visit: (found: RepStatement) => void | Promise<void>,
): Promise<void> {
  mustSeeAll(viewer)
  return atCut(db, asked, async (cut) => {
    for await (const statement of statementsAt(cut, await repIdsOf(cut))) await visit({ ...answer(cut), statement })
  })
}

const answer = ({ common, head, stage }: Cut): Answer => ({ currency: common.ledger.currency, asOf: head, stage })

/** Where a rep has nothing at all in a month. */
const nothing = ({ period, stage }: Cut, repId: string): Statement => ({
  ...{ repId, period, status: stage ? 'closed' : 'open', opening: 0, lines: [], adjustments: [] },
  ...{ earned: 0, adjusted: 0, advance: 0, payable: 0, closing: 0 },
})

/** @throws UnknownRep, IncomeHidden */
async function mustSee(db: Database, viewer: Viewer, repId: string): Promise<void> {
  const sees = await incomeSeenBy(db.pool, viewer)
  if (!sees(repId)) throw new UnknownRep(repId)
}

function mustBeKnown({ common }: Cut, repId: string): void {
  if (!common.reps.some((rep) => rep.repId === repId)) throw new UnknownRep(repId)
}

/** The month's statements of some reps, in that order. */
async function* statementsAt(cut: Cut, repIds: readonly string[]): AsyncGenerator<Statement> {
  for await (const { timeline, pools, entries } of credited(cut, repIds))
    for (const [repId, held] of entries) {
      const found = statementsOf(repId, held, pools, timeline).find(({ period }) => period === cut.period)
      if (found) yield found
    }
}

/** The books of some reps, a chunk at a time. */
async function* credited(cut: Cut, repIds: readonly string[]): AsyncGenerator<Credited> {
  const timeline = timelineOf(cut.common, cut.head, cut.period)
  const pools = openPools(timeline)
  for await (const some of customersOf(cut, feeding(cut, repIds))) for (const customer of some) pools.add(customer)
  for (let i = 0; i < repIds.length; i += CHUNK) {
    const chunk = repIds.slice(i, i + CHUNK)
    const entries = new Map(chunk.map((repId) => [repId, [] as Held<Entry>[]]))
    for await (const some of customersOf(cut, { repIds: chunk }))
      for (const customer of some)
        for (const [repId, held] of creditOf(customer, timeline)) entries.get(repId)?.push(...held)
    yield { timeline, pools, entries }
  }
}

/** @throws InvalidCursor */
function repOf(cursor: string): string {
  const repId = Id.safeParse(Buffer.from(cursor, 'base64url').toString())
  if (!repId.success) throw new InvalidCursor(cursor)
  return repId.data
}
