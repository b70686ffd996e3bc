// What reps get, as of a month's cut-off or now. Everything is worked out from facts when it is asked for: no line is stored.
import type { Database } from '@headwater/infra/database'
import { Id, type Instant, type LocalDate, type Period, type Position } from '@headwater/schema'
import { InvalidCursor, type Page, PageRequest } from '../page.ts'
import type { Viewer } from '../viewer.ts'
import {
  type Accrual,
  accrual,
  type Credited,
  type CustomerFacts,
  creditOf,
  type Entry,
  type Explanation,
  explain,
  type Facts,
  type Forecast,
  forecast,
  type Held,
  openPools,
  type Statement,
  type StatementLine,
  statementsOf,
  timelineOf,
} from './book/index.ts'
import { type Asked, atCut, type Cut } from './cut.ts'
import { IncomeHidden, UnknownLine, UnknownRep } from './errors.ts'
import { readCustomerFacts, type WhichCustomers } from './read-facts.ts'
import { renewalsOf } from './renewals.ts'

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

export interface RepForecast extends Forecast {
  readonly repId: string
  readonly currency: string
  readonly asOf: Position
  readonly from: LocalDate
}

/** Reps whose customers are in memory at a time. */
const CHUNK = 50

/** Of one rep and month. @throws LedgerNotOpen, UnknownPeriod, UnknownRep, IncomeHidden */
export async function statementOf(
  db: Database,
  viewer: Viewer,
  { repId, period, now }: { readonly repId: string; readonly period: Period; readonly now: Instant },
): Promise<RepStatement> {
  mustSee(viewer, repId)
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
  mustSee(viewer, repId)
  return atCut(db, { now, repIds: [repId] }, async (cut) => {
    mustBeKnown(cut, repId)
    const { value: books } = await credited(cut, [repId]).next()
    const { statement = nothing(cut, repId), ...more } = accrual(books!, repId)
    return { ...answer(cut), statement, ...more }
  })
}

/** A line of a statement, whose id names rep and month. @throws LedgerNotOpen, UnknownPeriod, UnknownLine, IncomeHidden */
export async function explainLine(
  db: Database,
  viewer: Viewer,
  { lineId, now }: { readonly lineId: string; readonly now: Instant },
): Promise<ExplainedLine> {
  const [id, appears] = lineId.split('@')
  const [, repId, month] = id!.split('/')
  if (!repId || !month) throw new UnknownLine(lineId)
  mustSee(viewer, repId)
  return atCut(db, { period: appears ?? month, now, repIds: [repId] }, async (cut) => {
    const explanation = explain(await factsOf(cut, repId), repId, cut.period, lineId)
    if (!explanation) throw new UnknownLine(lineId)
    return { ...answer(cut), line: explanation.line, explanation }
  })
}

/** The next three years, if contracts go on being renewed as they were. @throws LedgerNotOpen, UnknownRep, IncomeHidden */
export async function forecastOf(
  db: Database,
  viewer: Viewer,
  { repId, now }: { readonly repId: string; readonly now: Instant },
): Promise<RepForecast> {
  mustSee(viewer, repId)
  return atCut(db, { now, repIds: [repId] }, async (cut) => {
    mustBeKnown(cut, repId)
    const { on, head, today, common } = cut
    const customers: CustomerFacts[] = []
    for await (const some of customersOf(cut, { repIds: [repId] })) customers.push(...some)
    const found = forecast({ common, customers, head }, repId, today, await renewalsOf(on, today, head))
    return { ...found, repId, currency: common.ledger.currency, asOf: head, from: today }
  })
}

/** Everybody's of a month, by the reps' ids. @throws LedgerNotOpen, UnknownPeriod, IncomeHidden, InvalidCursor */
export async function listStatements(
  db: Database,
  viewer: Viewer,
  asked: Pick<Asked, 'period' | 'now'>,
  page: PageRequest = {},
): Promise<Page<RepStatement>> {
  mustSee(viewer, undefined)
  const { first, after } = PageRequest.parse(page)
  const from = after === undefined ? '' : repOf(after)
  return atCut(db, asked, async (cut) => {
    const ids = (await repIdsOf(cut)).filter((repId) => repId > from)
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
  mustSee(viewer, undefined)
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

const everybody = new Set(['store-manager', 'regional-manager', 'headquarters', 'finance', 'administrator'])

/** Reps see their own; who leads, pays or checks them sees all. @throws IncomeHidden */
function mustSee({ id, role }: Viewer, repId: string | undefined): void {
  if (!everybody.has(role) && !(role === 'rep' && id === repId)) throw new IncomeHidden(repId)
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

/** Customers that feed the pools that some reps are members of. */
function feeding({ common }: Cut, repIds: readonly string[]): WhichCustomers {
  const among = new Set(repIds)
  const pools = common.plans.flatMap(({ definition }) => definition.pools)
  const theirs = pools.filter(({ members }) => members.some(({ repId }) => among.has(repId)))
  return { storeIds: [...new Set(theirs.flatMap(({ stores }) => stores))] }
}

/** Nobody is read where none is asked for. */
async function* customersOf({ on, head }: Cut, which: WhichCustomers): AsyncGenerator<CustomerFacts[]> {
  if ('storeIds' in which && which.storeIds.length === 0) return
  yield* readCustomerFacts(on, head, which)
}

/** All that bears on a rep, in memory, each customer once. */
async function factsOf(cut: Cut, repId: string): Promise<Facts> {
  const customers = new Map<string, CustomerFacts>()
  for (const which of [{ repIds: [repId] }, feeding(cut, [repId])])
    for await (const some of customersOf(cut, which))
      for (const customer of some) customers.set(customer.customerId, customer)
  return { common: cut.common, customers: [...customers.values()], head: cut.head }
}

/** Everybody who was ever hired, or for whom anything could count. */
async function repIdsOf({ on, head, common }: Cut): Promise<string[]> {
  const { rows } = await on.query<{ id: string }>(
    `select distinct rep_id as id from read.rep_facts where position <= $1
    union select c.rep_id from read.contract_reps c
    union select o.rep_id from read.customer_owners o where o.position <= $1`,
    [head],
  )
  const members = common.plans.flatMap(({ definition }) => definition.pools.flatMap((pool) => pool.members))
  return [...new Set([...rows.map(({ id }) => id), ...members.map(({ repId }) => repId)])].sort()
}

/** @throws InvalidCursor */
function repOf(cursor: string): string {
  const repId = Id.safeParse(Buffer.from(cursor, 'base64url').toString())
  if (!repId.success) throw new InvalidCursor(cursor)
  return repId.data
}
