// A replay of a read model beside a server's work, against the same alone.
import { setTimeout as delay } from 'node:timers/promises'
import { dropReplay, leadsModel, replay } from '@headwater/projections'
import { openHeadwater } from '@headwater/runtime'
import { beginStory } from '../material/story.ts'
import { type Bench, result } from '../result.ts'

const EVENTS = 100_000
/** Each second, in lots, while all read models follow. */
const LIVE = 500
const LOT = 50

/** Events of the log per second, to the same place of it. */
export const replaying: Bench = async function* ({ db, folder }) {
  const headwater = await openHeadwater({ databaseUrl: db.url, dataDir: folder, masterKey: undefined })
  try {
    const story = await beginStory(headwater, 4 * EVENTS)
    await story.tell(EVENTS)
    await headwater.readModels.catchUp()
    await db.pool.query('checkpoint')
    const position = (await headwater.log.head())!
    const rate = async () => {
      const started = performance.now()
      await replay(headwater, leadsModel, { name: 'bench', until: { position } })
      const seconds = (performance.now() - started) / 1000
      await dropReplay(headwater, 'bench')
      return EVENTS / seconds
    }
    await rate()
    const alone = await rate()

    const stop = new AbortController()
    const projector = headwater.readModels.project({ signal: stop.signal })
    let told = 0
    const started = performance.now()
    const load = (async () => {
      for (; !stop.signal.aborted; told += LOT) {
        await story.tell(LOT)
        await delay(Math.max(0, (told + LOT) * (1000 / LIVE) - (performance.now() - started)))
      }
    })()
    const beside = await rate()
    const live = told / ((performance.now() - started) / 1000)
    stop.abort()
    await Promise.all([load, projector.done])
    yield result({
      bench: `replay of leads beside ${Math.round(live)} events/s`,
      unit: 'events/s',
      ours: beside,
      peer: { name: 'alone', value: alone },
    })
  } finally {
    await headwater.close()
  }
}
