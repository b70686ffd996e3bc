// The one door to every benchmark: `npm run bench -- [NAME…] [--json]`.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openDatabase } from '@headwater/infra/database'
import { Command } from 'commander'
import { accrual } from './benches/accrual.ts'
import { append } from './benches/append.ts'
import { catchUp } from './benches/catch-up.ts'
import { command } from './benches/command.ts'
import { commission } from './benches/commission.ts'
import { dashboards } from './benches/dashboards.ts'
import { exporting } from './benches/export.ts'
import { importing } from './benches/import.ts'
import { memory } from './benches/memory.ts'
import { read } from './benches/read.ts'
import { replaying } from './benches/replay.ts'
import { simulate } from './benches/simulate.ts'
import { start } from './benches/start.ts'
import { verify } from './benches/verify.ts'
import { asTable, type Bench, type Result } from './result.ts'

const benches: Record<string, Bench> = {
  append,
  read,
  command,
  'catch-up': catchUp,
  commission,
  accrual,
  dashboards,
  export: exporting,
  import: importing,
  replay: replaying,
  simulate,
  start,
  memory,
  verify,
}

/** Runs a bench on a Postgres of its own, durable as in production, in a folder that goes with it. */
const withDatabase = async (use: (bench: Parameters<Bench>[0]) => Promise<void>) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'headwater-bench-'))
  await chmod(folder, 0o711) // started by root, Postgres runs as somebody else
  const db = await openDatabase({ dataDir: folder })
  try {
    await use({ db, folder })
  } finally {
    await db.close()
    await rm(folder, { recursive: true, force: true })
  }
}

const run = async (names: string[], { json }: { json?: boolean }) => {
  const unknown = names.filter((name) => !(name in benches))
  if (unknown.length > 0)
    throw new Error(`no bench ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`)
  const results: Result[] = []
  for (const name of names.length > 0 ? names : Object.keys(benches)) {
    process.stderr.write(`${name} …\n`)
    await withDatabase(async (bench) => {
      for await (const result of benches[name]!(bench)) {
        results.push(result)
        if (json) process.stdout.write(`${JSON.stringify(result)}\n`)
      }
    })
  }
  if (!json) process.stdout.write(`${asTable(results)}\n`)
}

await new Command('bench')
  .description('Measures Headwater beside its peers, in one run')
  .argument('[names...]', `which benches (default all): ${Object.keys(benches).join(', ')}`)
  .option('--json', 'one JSON line per figure')
  .action(run)
  .parseAsync()
  .catch((error) => {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 2
  })
