// The shell on the real log and vault, with rivals: two shells on connections of their own, as two processes have them.
import { type Database, openDatabase } from '@headwater/infra/database'
import { openPostgresEventLog } from '@headwater/infra/event-log'
import { openKeyVault } from '@headwater/infra/keys'
import { type EventLog, LogUnavailable } from '@headwater/infra/ports'
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import { FORGOTTEN, newId } from '@headwater/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Accepted, openShell, type Shell } from './index.ts'
import { lead } from './testing/lead.ts'

let db: TestDatabase
let otherDb: Database
let log: EventLog
let otherLog: EventLog
let vault: Awaited<ReturnType<typeof openKeyVault>>
let shells: readonly [Shell, Shell]

beforeAll(async () => {
  db = await freshDatabase()
  otherDb = await openDatabase({ url: db.url })
  log = await openPostgresEventLog(db)
  otherLog = await openPostgresEventLog(otherDb)
  const masterKey = Buffer.alloc(32, 7)
  vault = await openKeyVault(db, { masterKey })
  const aggregates = [lead]
  shells = [
    openShell({ log, vault, aggregates, attempts: 100 }),
    openShell({ log: otherLog, vault: await openKeyVault(otherDb, { masterKey }), aggregates, attempts: 100 }),
  ]
})
afterAll(async () => {
  await Promise.all([log.close(), otherLog.close()])
  await otherDb.close()
  await db.drop()
})

const actor = { id: 'rep-1', role: 'rep' }
const contact = { subject: 'p-1', name: '王芳' }
const execute = (shell: Shell, id: string, type: string, data: unknown = {}, commandId = newId()) =>
  shell.execute(lead, id, { type, data }, { commandId, actor })

test('50 commands at once on one stream, from two shells, are all decided, each on what came before it', async () => {
  await execute(shells[0], 'busy', 'Capture')
  const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => execute(shells[i % 2]!, 'busy', 'Touch')))
  expect(answers.map(({ status }) => status)).toEqual(Array(50).fill('accepted'))
  expect(answers.map((answer) => (answer as Accepted).revision).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 50 }, (_, i) => i + 1),
  )
  const touches = (await log.readStream('lead-busy')).slice(1)
  expect(touches.map(({ data }) => (data as { channel: string }).channel)).toEqual(
    Array.from({ length: 50 }, (_, i) => `after ${i}`),
  )
})

test('one command sent many times at once has one effect and one answer', async () => {
  await execute(shells[0], 'twice', 'Capture')
  const commandId = newId()
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => execute(shells[i % 2]!, 'twice', 'Touch', { times: 3 }, commandId)),
  )
  const [first] = answers as Accepted[]
  for (const answer of answers) expect(answer).toEqual({ ...first, repeated: (answer as Accepted).repeated })
  expect(answers.filter((answer) => !(answer as Accepted).repeated)).toHaveLength(1)
  expect(await log.readStream('lead-twice')).toHaveLength(4)
})

test('when answers of the log get lost, every command still has one effect', async () => {
  let calls = 0
  const forgetful: EventLog = Object.assign(Object.create(log) as EventLog, {
    async append(...args: Parameters<EventLog['append']>) {
      const appended = await log.append(...args)
      if (++calls % 3 !== 0) throw new LogUnavailable('the answer got lost')
      return appended
    },
  })
  const shell = openShell({ log: forgetful, vault, aggregates: [lead] })
  await execute(shell, 'lost', 'Capture', { contact })
  await Promise.all(Array.from({ length: 10 }, () => execute(shell, 'lost', 'Touch')))
  const events = await log.readStream('lead-lost')
  expect(events).toHaveLength(11)
  expect(new Set(events.map(({ meta }) => meta.commandId)).size).toBe(11)
})

test('personal data comes back opened to who writes on, and is forgotten with its key', async () => {
  const commandId = newId()
  await execute(shells[0], 'person', 'Capture', { contact }, commandId)
  expect(JSON.stringify(await log.readStream('lead-person'))).not.toContain('王芳')
  const again = async () => (await execute(shells[0], 'person', 'Capture', { contact }, commandId)) as Accepted
  expect((await again()).events).toMatchObject([{ data: { contact } }])
  await vault.destroy('p-1')
  expect((await again()).events).toMatchObject([{ data: { contact: { subject: 'p-1', name: FORGOTTEN } } }])
  expect(await execute(shells[0], 'another', 'Capture', { contact })).toMatchObject({
    refusal: { code: 'subject-forgotten' },
  })
})
