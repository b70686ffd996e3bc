// One pass over the log for all read models, against each built alone and against the live tables.
import { randomBytes } from 'node:crypto'
import { openPostgresEventLog } from '@headwater/infra/event-log'
import { openKeyVault } from '@headwater/infra/keys'
import type { EventLog, KeyVault } from '@headwater/infra/ports'
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import type { DomainEvent } from '@headwater/schema'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { catchUp, dumpTables, readModels, rebuild, rebuildAll, type Sources } from '../index.ts'
import { organisation, setting, story, tell } from '../testing/deals.ts'
import { type Fact, record } from '../testing/facts.ts'

let db: TestDatabase
let log: EventLog
let vault: KeyVault
let sources: Sources

beforeEach(async () => {
  db = await freshDatabase()
  log = await openPostgresEventLog(db)
  vault = await openKeyVault(db, { masterKey: randomBytes(32) })
  sources = { db, log, vault }
})
afterEach(async () => {
  await log.close()
  await db.drop()
})

const at = '2026-03-02T02:00:00.000Z'
let batch = 0
async function write(facts: readonly Fact[]) {
  const subjects = facts.flatMap(({ event }) =>
    'contact' in event.data && event.data.contact ? [event.data.contact.subject] : [],
  )
  await record(log, `lot ${batch++}`, facts, { keys: await vault.obtain(subjects) })
}
const about = (leadId: string, event: DomainEvent): Fact => ({ stream: `lead-${leadId}`, at, event })
const contactOf = (person: number) => ({ subject: `p${person}`, name: `Name ${person}`, phone: `1380013800${person}` })
const captured = (leadId: string, person: number) =>
  about(leadId, {
    type: 'LeadCaptured',
    data: {
      leadId,
      tags: { type: 'retail', region: 'north', firstContactChannel: 'web' },
      source: { channel: 'web' },
      contact: contactOf(person),
    },
  })
const touched = (leadId: string): Fact =>
  about(leadId, { type: 'LeadTouched', data: { touchId: 't', direction: 'inbound', channel: 'web' } })

const dumpAll = async () =>
  Object.fromEntries(await Promise.all(readModels.map(async (model) => [model.name, await dumpTables(db, model)])))

/** Something that befalls a lead: a person's contact replaces its own, a person is forgotten, somebody calls. */
const happening = fc.record({
  lead: fc.nat(5),
  person: fc.nat(3),
  what: fc.constantFrom('touched', 'touched', 'contact', 'forgotten'),
})

test('one pass over the log gives what each model alone and the live ones have, killed and gone on with anywhere, persons forgotten on the way', async () => {
  await write([...setting('p'), ...organisation()])
  await write(Array.from({ length: 6 }, (_, i) => captured(`l${i}`, i % 4)))
  let round = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(happening, { minLength: 5, maxLength: 25 }),
      fc.array(story, { minLength: 1, maxLength: 3 }),
      fc.array(
        fc.record({
          documents: fc.integer({ min: 1, max: 6 }),
          events: fc.integer({ min: 1, max: 30 }),
          after: fc.integer({ min: 1, max: 30 }),
        }),
        {
          minLength: 1,
          maxLength: 3,
        },
      ),
      async (happenings, stories, kills) => {
        round++
        await write(stories.flatMap((each, i) => tell(`d${round}-${i}`, 'p', each)))
        for (const { lead, person, what } of happenings) {
          if (what === 'touched') await write([touched(`l${lead}`)])
          else if (what === 'forgotten') {
            await vault.destroy(`p${person}`)
            const data = { subject: `p${person}`, reason: 'asked' }
            await write([{ stream: `person-p${person}`, at, event: { type: 'PersonForgotten', data } }])
          } else if ((await vault.obtain([`p${person}`])).size > 0)
            await write([about(`l${lead}`, { type: 'LeadContactChanged', data: { contact: contactOf(person) } })])
        }
        await catchUp(sources, readModels)
        const live = await dumpAll()
        for (const model of readModels) await rebuild(sources, model)
        expect(await dumpAll()).toEqual(live)
        for (const limits of kills) {
          const kill = new AbortController()
          let steps = 0
          const onProgress = () => ++steps === limits.after && kill.abort(new Error('killed'))
          // It may also have been done by then.
          await rebuildAll(sources, readModels, { signal: kill.signal, onProgress, batch: limits }).catch((error) =>
            expect(error).toEqual(new Error('killed')),
          )
        }
        await rebuildAll(sources, readModels, { batch: kills[0]! })
        expect(await dumpAll()).toEqual(live)
      },
    ),
    { numRuns: 6 },
  )
})
