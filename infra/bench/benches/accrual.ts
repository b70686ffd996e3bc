// From a payment to what it brings the rep, over HTTP, at a rate that does not wait for answers.
import { openHeadwater } from '@headwater/runtime'
import { accrualRequest, payment, stockPayers } from '../material/payers.ts'
import { httpClient, openLoop, percentile } from '../open-loop.ts'
import { type Bench, result } from '../result.ts'
import { serve } from '../server.ts'

const WARM_UP = { rate: 25, seconds: 8 }
const LOADS = [
  { rate: 50, seconds: 10 },
  { rate: 200, seconds: 10 },
] as const
const PERCENTILES = [50, 99] as const
/** Of the p99, in milliseconds. */
const GOAL_MS = 50

/** The mutation of a payment, then the accrual of its rep at least as fresh: with the tiers, the growth curve and every line of the month. */
export const accrual: Bench = async function* ({ db, folder }) {
  const headwater = await openHeadwater({ databaseUrl: db.url, dataDir: folder, masterKey: undefined })
  await stockPayers(headwater)
  await headwater.readModels.catchUp()
  await headwater.close()
  const server = await serve(folder, ['--empty'])
  const client = httpClient(server.url, server.headers)
  let sent = 0
  const send = async () => {
    const { body, repId, paymentId } = payment(sent++)
    const { receivePayment: written } = JSON.parse(await client.post(body)).data ?? {}
    const ask = () => client.post(accrualRequest(repId, { stream: written.stream, revision: written.revision }))
    let answer = await ask()
    // A server that does not keep up says so, and is asked again: the time goes on.
    while (answer.includes('"NOT_YET"')) answer = await ask()
    const lines: { paymentId: string }[] = JSON.parse(answer).data?.commissionAccrual.statement.lines ?? []
    if (!lines.some((line) => line.paymentId === paymentId)) throw new Error(`a payment was answered ${answer}`)
  }
  try {
    await server.ready
    await openLoop(WARM_UP, send)
    for (const load of LOADS) {
      const latencies = await openLoop(load, send)
      for (const p of PERCENTILES)
        yield result({
          bench: `payment to visible accrual p${p}, ${load.rate}/s`,
          unit: 'ms',
          ours: percentile(latencies, p / 100),
          less: true,
          ...(p === 99 && { goal: GOAL_MS }),
        })
    }
  } finally {
    client.close()
    server.process.kill('SIGTERM')
    await server.ended
  }
}
