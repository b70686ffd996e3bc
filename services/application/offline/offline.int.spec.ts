// The law of offline batches on the real log.
import { type Database, openDatabase } from '@headwater/infra/database'
import { openPostgresEventLog } from '@headwater/infra/event-log'
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import { MemoryVault } from '@headwater/shell/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { arrivals, byStream, chunked, finalAnswers, reference, submit } from '../testing/offline-law.ts'
import { foundedLog, openApplication, story } from '../testing/world.ts'

let db: TestDatabase
let other: Database
let logs = 0
beforeAll(async () => {
  db = await freshDatabase()
  other = await openDatabase({ url: db.url })
})
afterAll(async () => {
  await other.close()
  await db.drop()
})

/** A log of its own in the one database, and the same through connections of its own, as another process has it. */
async function open() {
  const schema = `law_${++logs}`
  const vault = new MemoryVault()
  const log = await openPostgresEventLog(db, { schema })
  const otherLog = await openPostgresEventLog(other, { schema })
  const { application } = await foundedLog(log, vault)
  const close = () => Promise.all([log.close(), otherLog.close()])
  return { log, application, second: openApplication(otherLog, vault), close }
}

const runs = (shared: boolean) => arrivals(shared).chain((first) => fc.tuple(fc.constant(first), chunked(first)))

test('law: any chunking and any resends, waited for or not, give the same log and the same answers', async () => {
  await fc.assert(
    fc.asyncProperty(runs(false), fc.boolean(), async ([first, batches], waiting) => {
      const expected = await reference(first)
      const { log, application, close } = await open()
      if (waiting) for (const batch of batches) await submit(application, batch)
      else await Promise.all(batches.map((batch) => submit(application, batch)))
      const told = await story(log)
      if (waiting) expect(told).toEqual(expected.story)
      expect(byStream(told)).toEqual(byStream(expected.story))
      expect(await finalAnswers(application, first)).toEqual(expected.answers)
      await close()
    }),
    { numRuns: 25 },
  )
})

test('law: two processes that get the same batches have one effect between them, and answer alike', async () => {
  await fc.assert(
    fc.asyncProperty(arrivals(false), async (first) => {
      const expected = await reference(first)
      const { log, application, second, close } = await open()
      for (const { device, item } of first)
        await Promise.all([application, second, application].map((each) => submit(each, { device, items: [item] })))
      expect(byStream(await story(log))).toEqual(byStream(expected.story))
      expect(await finalAnswers(second, first)).toEqual(expected.answers)
      await close()
    }),
    { numRuns: 15 },
  )
})
