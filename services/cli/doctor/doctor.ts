// Looks at everything a working Headwater needs, and says what to do about what is not right.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { closedMonths } from '@headwater/application'
import { checkSeals, describeFinding } from '@headwater/audit'
import { claimServerRole, type Database, openDatabase } from '@headwater/infra/database'
import { openPostgresEventLog } from '@headwater/infra/event-log'
import { loadMasterKey, openKeyVault } from '@headwater/infra/keys'
import type { EventLog } from '@headwater/infra/ports'
import { lag, listReplays, readModels } from '@headwater/projections'
import { readConfig } from '@headwater/runtime'
import type { Answer } from '../answer.ts'
import { explain } from '../terminal/failure.ts'
import { count, instant } from '../terminal/format.ts'
import { checkFolder, checkNode, checkSecret } from './machine.ts'
import { type Finding, report } from './report.ts'

export async function doctor(): Promise<Answer> {
  const { dataDir, databaseUrl, masterKey } = readConfig(process.env)
  const findings: Finding[] = [checkNode()]
  if (!databaseUrl || !masterKey) findings.push(await checkFolder(dataDir))
  if (!masterKey) findings.push(await checkSecret('master key', dataDir, 'master.key'))
  const before = databaseUrl ? undefined : await runningPostgres(dataDir)
  const db = await attempt(findings, 'Postgres', () => openDatabase({ url: databaseUrl, dataDir }))
  if (!db) return report(findings)
  try {
    findings.push(await checkPostgres(db, before))
    await attempt(findings, 'keys', async () => {
      await openKeyVault(db, { masterKey: await loadMasterKey({ env: { HEADWATER_MASTER_KEY: masterKey }, dataDir }) })
      findings.push({ check: 'keys', status: 'ok', found: 'the master key is the one of this database' })
    })
    await attempt(findings, 'event log', () => checkLog(findings, db))
    await attempt(findings, 'replays', async () => findings.push(await checkReplays(db)))
  } finally {
    await db.close()
  }
  return report(findings)
}

/** A fault is a finding too, and ends only its own check. */
async function attempt<T>(findings: Finding[], check: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    findings.push({ check, status: 'fail', found: explain(error).text.replace('headwater: ', '') })
    return undefined
  }
}

async function checkPostgres(db: Database, before: number | undefined): Promise<Finding> {
  const { rows } = await db.pool.query<{ version: string }>(`select current_setting('server_version') as version`)
  const kind = db.embedded ? 'embedded' : 'of DATABASE_URL'
  const serving = await isServed(db)
  const users = serving ? 'a server runs on it' : 'no server runs on it'
  const found = `version ${rows[0]!.version}, ${kind}; ${users}`
  if (before === undefined || serving) return { check: 'Postgres', status: 'ok', found }
  return {
    check: 'Postgres',
    status: 'warn',
    found: `${found}; process ${before} ran already, without a server`,
    advice: 'nothing to do: another command uses it, or it was left over and stops now',
  }
}

async function isServed(db: Database): Promise<boolean> {
  try {
    await (await claimServerRole(db)).release()
    return false
  } catch {
    return true
  }
}

async function checkLog(findings: Finding[], db: Database): Promise<void> {
  const log = await openPostgresEventLog(db)
  try {
    const head = await log.head()
    findings.push({ check: 'event log', status: 'ok', found: head === undefined ? 'empty' : `head at ${head}` })
    findings.push(await checkLedger(log))
    for (const { model, checkpoint, events, since } of await lag({ db, log }, readModels)) {
      const check = `read model ${model}`
      const failure = checkpoint?.failure
      if (failure)
        findings.push({
          check,
          status: 'fail',
          found: `stopped: ${failure.message}`,
          advice: `mend the cause, then: headwater rebuild ${model}`,
        })
      else if (events === 0) findings.push({ check, status: 'ok', found: 'up to date' })
      else
        findings.push({
          check,
          status: 'warn',
          found: `${count(events)} events behind, since ${instant(since)}`,
          advice: 'the server or the next query brings it up to date',
        })
    }
  } finally {
    await log.close()
  }
}

/** The seals among themselves; whether the log is the one that they are of, `audit verify` says. */
async function checkLedger(log: EventLog): Promise<Finding> {
  const closed = await closedMonths(log)
  const last = closed.at(-1)
  const broken = checkSeals(closed)
  const found = last ? `${count(closed.length)} months closed, the last ${last.period}` : 'no month is closed'
  if (broken.length === 0) return { check: 'commission ledger', status: 'ok', found }
  return {
    check: 'commission ledger',
    status: 'fail',
    found: `${found}; ${broken.map(describeFinding).join('; ')}`,
    advice: 'headwater audit verify',
  }
}

async function checkReplays(db: Database): Promise<Finding> {
  const replays = await listReplays({ db })
  const found = replays.length === 0 ? 'none' : replays.map(({ name }) => name).join(', ')
  const unfinished = replays.filter(({ madeAt }) => madeAt === null).map(({ name }) => name)
  if (unfinished.length === 0) return { check: 'replays', status: 'ok', found }
  return {
    check: 'replays',
    status: 'warn',
    found: `${found}; unfinished: ${unfinished.join(', ')}`,
    advice: `complete them by replaying the same, or: headwater replay drop ${unfinished[0]}`,
  }
}

/** The process id in the cluster's own file, where that process is alive. */
async function runningPostgres(dataDir: string): Promise<number | undefined> {
  const file = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(file.split('\n')[0])
  if (!pid) return undefined
  try {
    process.kill(pid, 0)
    return pid
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? pid : undefined
  }
}
