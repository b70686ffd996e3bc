// The commands of `headwater`, their options and how they end. What each does is in the folders beside.
import { type Instant, instantOf } from '@headwater/schema'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { anomalyCommands } from './anomalies/commands.ts'
import { answer, type Json } from './answer.ts'
import { attributeCommands } from './attribute/commands.ts'
import { auditCommands } from './audit/commands.ts'
import { commissionCommands } from './commission/commands.ts'
import { exportCommands } from './export/commands.ts'
import type { FunnelOptions } from './funnel/question.ts'
import { replayCommands } from './replay/commands.ts'
import { collect, number } from './terminal/arguments.ts'
import { ExitCode, explain } from './terminal/failure.ts'
import { version } from './version.ts'

/** Runs the command line and returns the exit code; nothing is thrown. */
export async function run(argv: readonly string[]): Promise<number> {
  const program = commands()
  try {
    await program.parseAsync(argv, { from: 'user' })
    return Number(process.exitCode ?? ExitCode.ok)
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage
    const { exitCode, text } = explain(error, program.opts<{ debug?: boolean }>().debug)
    process.stderr.write(`${text}\n`)
    return exitCode
  }
}

function commands(): Command {
  const program = new Command('headwater')
    .description('Event-sourced backend of a sales organisation')
    .version(version)
    .option('--debug', 'show where an error came from')
    .addHelpText('after', afterword)
    .exitOverride()
    .configureOutput({
      outputError: (text, write) =>
        write(
          `${text
            .replace(/^error:/, 'headwater:')
            .trim()
            .replaceAll('\n', ' ')}\n`,
        ),
    })

  program
    .command('serve')
    .description('start the server; fills an empty log with a simulated organisation')
    .option('--empty', 'leave an empty log empty (also HEADWATER_EMPTY=1)')
    .addOption(new Option('--port <n>', 'port of the API').env('HEADWATER_PORT').default(4000).argParser(port))
    .addOption(new Option('--host <address>', 'address of the API').env('HEADWATER_HOST').default('127.0.0.1'))
    .action(async (options) => (await import('./serve/serve.ts')).serve(options))

  program
    .command('import')
    .description('bring files (CSV, XLSX, XES, also .gz) in as events')
    .argument('<files...>')
    .requiredOption('--map <mapping.yaml>', 'what the columns or activities mean')
    .option('--dry-run', 'check everything, list bad rows, write nothing')
    .option('--strict', 'write nothing where one row is bad')
    .option('--json', 'the report for programs')
    .action(async (files: string[], options) => (await import('./import/import.ts')).importFiles(files, options))

  program
    .command('simulate')
    .description('fill an empty log with a simulated organisation of any size, or complete one that was interrupted')
    .option('--stores <n>', 'stores; default 40', number)
    .option('--reps <n>', 'sales people; default 4 a store', number)
    .option('--days <n>', 'days that leads come in; default 90', number)
    .option('--leads-per-day <n>', 'leads on an average day; default 70 for 160 reps', number)
    .option('--seed <n>', 'another number is another story; default 42', number)
    .option('--ends-at <time>', "the story's present, e.g. 2026-11-22T08:00:00Z; default now", time)
    .option(
      '--no-read-models',
      'leave them to the next command; who enquires twice is then not suspected at once, and no month is closed',
    )
    .option('--threads <n>', 'that make it up, to the same result; default one a processor for a large one', number)
    .option('--json', 'for programs')
    .action(async (options) => answer(options, (await import('./simulate/simulate.ts')).simulate(options)))

  program
    .command('funnel')
    .description('how deals come through a playbook: reached, converted, dwell, losses')
    .requiredOption('--playbook <id[@version]>', 'which playbook')
    .option('--group-by <dimensions>', 'store, region, rep, channel, productLine, segment, campaign, bucket', collect)
    .option('--bucket <unit>', 'day, week, month, quarter or year, for --group-by bucket')
    .option('--zone <name>', "time zone of dates and buckets; the playbook's unless named")
    .option('--filter <dimension=value>', 'only these; an empty value asks for "not stated"', collect)
    .option('--from <time>', 'only deals that entered at this time or later')
    .option('--to <time>', 'only deals that entered before this time')
    .option('--cohort-stage <stage>', 'the stage whose entry dates a deal; the first one it visited unless named')
    .option('--window <duration>', 'count as converted what went on within this time, e.g. P14D')
    .option('--as-of <time>', 'as it was at this time')
    .option('--as-of-recorded <time>', 'as it was known at this time')
    .option('--json', 'for programs; durations in seconds')
    .action(async (options: FunnelOptions & Json) =>
      answer(options, (await import('./funnel/funnel.ts')).funnel(options)),
    )

  for (const kind of ['deal', 'lead'] as const) {
    const command = program.command(kind).description(`${kind}s: one with its history, or a list`)
    command
      .command('show')
      .description(`one ${kind} with its history`)
      .argument('<id>')
      .option('--json', 'for programs')
      .action(async (id: string, options: Json) => answer(options, (await import('./show.ts')).show(kind, id)))
    const list = command
      .command('list')
      .description(`${kind}s, newest first`)
      .option('--status <status>', 'only these')
      .option('--channel <channel>', 'only these')
      .option('--store <id>', 'only these')
      .option('--rep <id>', 'only these')
      .option('--limit <n>', 'how many', number, 50)
      .option('--after <cursor>', 'go on after this place')
      .option('--json', 'for programs')
      .action(async (options) => answer(options, (await import('./show.ts')).list(kind, options)))
    if (kind === 'deal') list.option('--playbook <id>', 'only these').option('--stage <stage>', 'only these')
  }

  const log = program.command('log').description('the event log: the only truth')
  log
    .command('head')
    .description('position of the last event')
    .option('--json', 'for programs')
    .action(async (options: Json) => answer(options, (await import('./log.ts')).head()))
  log
    .command('read')
    .description('events in order, personal values sealed')
    .option('--after <position>', 'go on after this place')
    .option('--limit <n>', 'how many', number, 100)
    .option('--all', 'to the end of the log')
    .option('--stream <name>', 'one stream, e.g. deal-D1')
    .option('--type <type>', 'only this type; may be repeated', collect)
    .option('--json', 'one JSON object a line')
    .action(async (options) => (await import('./log.ts')).read(options))

  program
    .command('forget')
    .description("destroy a person's key: nobody can read their personal data any more")
    .argument('[subject]', 'the data subject')
    .option('--lead <id>', 'the person of this lead')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--json', 'for programs')
    .action(async (subject: string | undefined, options) =>
      answer(options, (await import('./forget.ts')).forget(subject, options)),
    )

  program
    .command('rebuild')
    .description('build read models anew from the log, beside the live ones, and swap them in')
    .argument('[model]', 'one of them; all unless named')
    .option('--json', 'for programs')
    .action(async (model: string | undefined, options: Json) =>
      answer(options, (await import('./rebuild.ts')).rebuild(model, options)),
    )

  anomalyCommands(program)
  replayCommands(program)
  exportCommands(program)
  attributeCommands(program)
  commissionCommands(program)
  auditCommands(program)

  program
    .command('backup')
    .description('write the event log and the keys of persons into a file; also beside a running server')
    .argument('<file-or-folder>', 'the file to make, or a folder to make one in')
    .option('--with-master-key', 'put the master key in: whoever has the file can then read all personal data')
    .option('--json', 'for programs')
    .action(async (path: string, options) =>
      answer(options, (await import('./backup/backup.ts')).backup(path, options)),
    )

  program
    .command('restore')
    .description('bring a backup into an empty data folder or database')
    .argument('<backup>', 'the file that backup made')
    .option('--without-keys', 'for a master key that is lost: all persons of the backup count as forgotten, for good')
    .option('--json', 'for programs')
    .action(async (file: string, options) =>
      answer(options, (await import('./backup/restore.ts')).restore(file, options)),
    )

  program
    .command('doctor')
    .description('check the machine, the database, the log, the read models and the keys')
    .option('--json', 'for programs')
    .action(async (options: Json) => answer(options, (await import('./doctor/doctor.ts')).doctor()))

  return program
}

function time(text: string): Instant {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw new InvalidArgumentError('write a time like 2026-11-22T08:00:00Z')
  return instantOf(ms)
}

function port(text: string): number {
  const n = Number(text)
  if (!Number.isInteger(n) || n < 0 || n > 65_535) throw new InvalidArgumentError('write a port from 0 to 65535')
  return n
}

const afterword = `
Data is kept in .headwater/ (HEADWATER_DATA names another folder) by an embedded Postgres, or in the one of DATABASE_URL.
Exit codes: 0 done; 1 refused, not found or bad rows; 2 wrong usage; 3 could not be carried out.`
