// Thirty funnels of a dashboard over many deals: columns in memory against plain SQL on the same rows.
import { isDeepStrictEqual } from 'node:util'
import { openPostgresEventLog } from '@headwater/infra/event-log'
import { openKeyVault } from '@headwater/infra/keys'
import {
  catchUp,
  type FunnelColumns,
  type FunnelQueryInput,
  type FunnelResult,
  funnel,
  openFunnelColumns,
  readModels,
  type Sources,
} from '@headwater/projections'
import { calendars, encodeEvent, newId, type PlaybookDefinition } from '@headwater/schema'
import { fillDeals, playbookId, stageIds } from '../material/deals.ts'
import { funnelQuestions } from '../material/funnel-questions.ts'
import { type Bench, result } from '../result.ts'

/** `BENCH_DEALS=1000000` is the size that the goals are about. */
const DEALS = Number(process.env.BENCH_DEALS ?? 50_000)
/** SQL, which takes seconds for one, is asked every so many-th question: once. */
const SQL_EVERY = Number(process.env.BENCH_SQL_EVERY ?? 5)
const ROUNDS = 3
const viewer = { id: 'bench', role: 'headquarters' }

export const dashboards: Bench = async function* ({ db }) {
  const log = await openPostgresEventLog(db)
  const sources: Sources = { db, log, vault: await openKeyVault(db, { masterKey: Buffer.alloc(32) }) }
  await publish(sources)
  await fillDeals(db, DEALS)
  const before = process.memoryUsage.rss()
  const start = performance.now()
  const columns = openFunnelColumns({ db, log, onError: (error) => process.stderr.write(`${error}\n`) })
  await columns.ready()
  const size = `${DEALS.toLocaleString('en')} deals`
  yield result({ bench: `columns of ${size}: load`, unit: 's', ours: (performance.now() - start) / 1000, less: true })
  yield result({ bench: 'columns: arrays', unit: 'MB', ours: columns.bytes / 1e6, less: true })
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

  const refreshed: number[] = []
  for (let i = 0; i < 20; i++) {
    await openDeals(sources, 50)
    refreshed.push(...(await timesOf(questions.slice(-1), (query) => columns.funnel(viewer, query))))
  }
  yield result({ bench: 'one rep, 50 deals new since, p50', unit: 'ms', ours: percentile(refreshed, 0.5), less: true })
  await compareFigures(asked, columns, (query) => funnel(db, viewer, query))
  await columns.close()
  await log.close()
}

async function timesOf(queries: readonly FunnelQueryInput[], ask: (query: FunnelQueryInput) => Promise<unknown>) {
  const times: number[] = []
  for (const query of queries) {
    const start = performance.now()
    await ask(query)
    times.push(performance.now() - start)
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
  sql: readonly number[],
  goals: { p50?: number; p99?: number } = {},
) {
  for (const [name, p] of [
    ['p50', 0.5],
    ['p90', 0.9],
    ['p99', 0.99],
  ] as const) {
    const value = percentile(ours, p)
    const goal = name === 'p90' ? undefined : goals[name]
    const bench = `30 funnels, ${what}, ${name}`
    yield result({ bench, unit: 'ms', ours: value, less: true, peer: { name: 'SQL', value: percentile(sql, p) } })
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

async function openDeals(sources: Sources, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const dealId = newId()
    const data = {
      dealId,
      caseId: dealId,
      playbook: { id: playbookId, version: 1 },
      stage: stageIds[0],
      repId: 'rep-17-1',
      storeId: 's17',
      source: { channel: 'channel-0' },
    }
    const event = encodeEvent({ type: 'DealOpened', data }, meta(dealId), newId(), new Map())
    await sources.log.append(`deal-${dealId}`, [event], { expected: 'none' })
  }
  await catchUp(sources, readModels)
}
