// Thirty funnels of a dashboard over many deals: columns in memory against plain SQL, and PostGraphile, on the same rows.
import { setTimeout } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { openPostgresEventLog } from '@headwater/infra/event-log'
import { openKeyVault } from '@headwater/infra/keys'
import {
  catchUp,
  type FunnelColumns,
  type FunnelQueryInput,
  type FunnelResult,
  funnel,
  readModels,
  type Sources,
} from '@headwater/projections'
import { openFunnels } from '@headwater/runtime'
import { calendars, encodeEvent, newId, type PlaybookDefinition } from '@headwater/schema'
import { fillDeals, playbookId, stageIds } from '../material/deals.ts'
import { funnelQuestions } from '../material/funnel-questions.ts'
import { openPostGraphile, reachedQuestion } from '../material/postgraphile.ts'
import { type Bench, result } from '../result.ts'

/** `BENCH_DEALS=1000000` is the size that the goals are about. */
const DEALS = Number(process.env.BENCH_DEALS ?? 50_000)
/** SQL, which takes seconds for one, is asked every so many-th question: once. */
const SQL_EVERY = Number(process.env.BENCH_SQL_EVERY ?? 5)
const ROUNDS = 3
/** In daily use: how many questions, at random, while so many events a second come in. */
const DAILY = 600
const EVENTS_A_SECOND = 20
/** Milliseconds. */
const BETWEEN_QUESTIONS = 25
const viewer = { id: 'bench', role: 'headquarters' }

export const dashboards: Bench = async function* ({ db }) {
  const log = await openPostgresEventLog(db)
  const sources: Sources = { db, log, vault: await openKeyVault(db, { masterKey: Buffer.alloc(32) }) }
  await publish(sources)
  await fillDeals(db, DEALS)
  const before = process.memoryUsage.rss()
  const start = performance.now()
  const columns = openFunnels(db, (error) => process.stderr.write(`${error}\n`))
  await columns.ready()
  const size = `${DEALS.toLocaleString('en')} deals`
  yield result({ bench: `columns of ${size}: load`, unit: 's', ours: (performance.now() - start) / 1000, less: true })
  yield result({ bench: 'columns: arrays', unit: 'MB', ours: (await columns.bytes()) / 1e6, less: true })
  yield result({
    bench: 'columns: process grew by',
    unit: 'MB',
    ours: (process.memoryUsage.rss() - before) / 1e6,
    less: true,
  })

  const questions = funnelQuestions(playbookId, Date.now())
  const asked = questions.filter((_, i) => i % SQL_EVERY === SQL_EVERY - 1)
  const sql = await timesOf(asked, (query) => funnel(db, viewer, query))
  // The first time, what the visits count for is worked out and the machine code is made.
  const first = await timesOf(questions, (query) => columns.funnel(viewer, query))
  const afresh: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const asked = funnelQuestions(playbookId, Date.now() + round + 1)
    afresh.push(
      ...(await timesOf(
        asked.map((query) => unseen(query, round)),
        (query) => columns.funnel(viewer, query),
      )),
    )
  }
  const kept: number[] = []
  for (let round = 0; round < ROUNDS; round++)
    kept.push(...(await timesOf(questions, (query) => columns.funnel(viewer, query))))
  yield* compared('asked for the first time after the start', first, sql)
  yield* compared('computed afresh', afresh, sql, { p50: 25, p99: 150 })
  yield* compared('nothing new since', kept, sql, { p99: 25 })

  const daily = await inDailyUse(sources, columns, questions)
  yield* compared(`${EVENTS_A_SECOND} events a second`, daily, sql, { p99: 25 })
  const peer = await openPostGraphile(db)
  const put = asked.filter((query) => reachedQuestion(query))
  const whole = await timesOf(
    put.map((query) => unseen(query, ROUNDS)),
    (query) => columns.funnel(viewer, query),
  )
  const reached = await timesOf(put, (query) => peer(reachedQuestion(query)!))
  yield* compared(
    `${put.length} of them afresh, of PostGraphile only the deals reached`,
    whole,
    reached,
    {},
    'PostGraphile',
  )
  await compareFigures(asked, columns, (query) => funnel(db, viewer, query))
  await columns.close()
  await log.close()
}

async function timesOf<T>(queries: readonly T[], ask: (query: T) => Promise<unknown>, pause = 0) {
  const times: number[] = []
  for (const query of queries) {
    const start = performance.now()
    await ask(query)
    times.push(performance.now() - start)
    if (pause > 0) await setTimeout(pause)
  }
  return times
}

/** The same work under another key: no kept answer serves it. */
const unseen = (query: FunnelQueryInput, round: number): FunnelQueryInput => ({
  ...query,
  cohort: { ...query.cohort, to: query.cohort?.to ?? new Date(Date.now() + 1e9 + round).toISOString() },
})

const percentile = (times: readonly number[], p: number) =>
  [...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * p))]!

function* compared(
  what: string,
  ours: readonly number[],
  peer: readonly number[],
  goals: { p50?: number; p99?: number } = {},
  name = 'SQL',
) {
  for (const [rank, p] of [
    ['p50', 0.5],
    ['p90', 0.9],
    ['p99', 0.99],
  ] as const) {
    const value = percentile(ours, p)
    const goal = rank === 'p90' ? undefined : goals[rank]
    const bench = `30 funnels, ${what}, ${rank}`
    yield result({ bench, unit: 'ms', ours: value, less: true, peer: { name, value: percentile(peer, p) } })
    if (goal !== undefined) yield result({ bench: `${bench}, in itself`, unit: 'ms', ours: value, less: true, goal })
  }
}

/** @throws where one figure differs. Ages of open stays go on between the two: they are left out. */
async function compareFigures(
  questions: readonly FunnelQueryInput[],
  columns: FunnelColumns,
  sql: (query: FunnelQueryInput) => Promise<FunnelResult>,
) {
  const plain = ({ groups }: FunnelResult) =>
    JSON.parse(JSON.stringify(groups), (name, value) =>
      name.startsWith('openAge') ? value.count : typeof value === 'number' ? Number(value.toPrecision(9)) : value,
    )
  for (const query of questions)
    if (!isDeepStrictEqual(plain(await columns.funnel(viewer, query)), plain(await sql(query))))
      throw new Error(`columns and SQL differ for ${JSON.stringify(query)}`)
}

const meta = (caseId: string) => {
  const id = newId()
  const actor = { id: 'bench', role: 'system' }
  return { occurredAt: new Date().toISOString(), actor, caseId, commandId: id, correlationId: id, causationId: id }
}

async function publish(sources: Sources): Promise<void> {
  const stages = stageIds.map((id) => ({ id, name: { 'zh-CN': id, en: id } }))
  const definition = { name: { 'zh-CN': 'bench', en: 'bench' }, calendar: calendars.cn, stages } as PlaybookDefinition
  const event = { type: 'PlaybookPublished', data: { playbookId, version: 1, definition } } as const
  await sources.log.append(`playbook-${playbookId}`, [encodeEvent(event, meta(playbookId), newId(), new Map())], {
    expected: 'none',
  })
  await catchUp(sources, readModels)
}

/** One question after another while deals are opened and lost, each shown by the read models before the next comes. */
async function inDailyUse(sources: Sources, columns: FunnelColumns, questions: readonly FunnelQueryInput[]) {
  let asking = true
  const coming = (async () => {
    for (let n = 0; asking; n++) {
      const next = setTimeout(1000 / EVENTS_A_SECOND)
      await tell(sources, n)
      await next
    }
  })()
  try {
    const random = Array.from({ length: DAILY }, () => questions[Math.floor(Math.random() * questions.length)]!)
    return await timesOf(random, (query) => columns.funnel(viewer, query), BETWEEN_QUESTIONS)
  } finally {
    asking = false
    await coming
  }
}

/** Every second event is the loss of the deal that the one before it opened. */
async function tell(sources: Sources, n: number): Promise<void> {
  const dealId = `new-${Math.floor(n / 2)}`
  const store = (n >> 1) % 1000
  const data = {
    dealId,
    caseId: dealId,
    playbook: { id: playbookId, version: 1 },
    stage: stageIds[0],
    repId: `rep-${store}-1`,
    storeId: `s${store}`,
    source: { channel: `channel-${store % 12}` },
  }
  const event =
    n % 2 === 0
      ? encodeEvent({ type: 'DealOpened', data }, meta(dealId), newId(), new Map())
      : encodeEvent(
          { type: 'DealLost', data: { stage: data.stage, reason: 'reason-1' } },
          meta(dealId),
          newId(),
          new Map(),
        )
  await sources.log.append(`deal-${dealId}`, [event], { expected: 'any' })
  await catchUp(sources, readModels)
}
