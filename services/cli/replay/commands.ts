// `headwater replay`: options only.
import type { Command } from 'commander'
import { answer, type Json } from '../answer.ts'
import { collect, names, number } from '../terminal/arguments.ts'

export function replayCommands(program: Command): void {
  // `replay` takes the options that it shares with those below: they ask for all.
  const replay = program
    .command('replay')
    .description('build one read model as it was at some place of the log, into tables of its own, for analysts')
    .argument('<model>', 'which read model, or the file of your own (.ts, .mts, .js, .mjs)')
    .option('--into <name>', 'required: the tables come into the schema replay_<name>')
    .option('--until <position|date>', 'up to here, inclusive; the end of the log unless named')
    .option('--occurred-until <date>', 'of these facts only what had occurred by then, in business time')
    .option('--zone <name>', "time zone of dates and times without an offset; this machine's unless named")
    .option('--replace', 'take the place of the replay that has the name, once this one is whole')
    .option('--json', 'for programs, without progress')
    .addHelpText('after', aboutReplays)
    .action(async (model: string, options) => answer(options, (await import('./replay.ts')).replay(model, options)))
  replay
    .command('list')
    .description('all replays, also those not finished')
    .option('--json', 'for programs')
    .action(async (_: Json, command: Command) =>
      answer(command.optsWithGlobals(), (await import('./replay.ts')).list()),
    )
  replay
    .command('drop')
    .description('remove a replay with its tables')
    .argument('<name>')
    .option('--json', 'for programs')
    .action(async (name: string, _: Json, command: Command) =>
      answer(command.optsWithGlobals(), (await import('./replay.ts')).drop(name)),
    )

  replay
    .command('cancel')
    .description('take back a replay that is under way or was interrupted')
    .argument('<name>')
    .option('--json', 'for programs')
    .action(async (name: string, _: Json, command: Command) =>
      answer(command.optsWithGlobals(), (await import('./replay.ts')).cancel(name)),
    )
  replay
    .command('diff')
    .description('what differs between two replays, row by row; ends with 1 where anything does')
    .argument('<before>')
    .argument('<after>')
    .option('--table <name>', 'only this table; may be repeated', collect)
    .option('--key <columns>', 'tell which rows belong together; the primary key unless named', names)
    .option('--columns <columns>', 'compare only these', names)
    .option('--format <format>', 'table, json (one object a line) or csv', 'table')
    .option('--limit <n>', 'rows shown of each table with --format table', number, 20)
    .action(async (before: string, after: string, options) => (await import('./diff.ts')).diff(before, after, options))
}

const aboutReplays = `
--until a date means what had been recorded by then (recordedAt, whatever the business time): what the system knew. --occurred-until
means what had happened by then (occurredAt), as far as it is known. A date without a time of day is the end of that day. The tables
are there when they are whole, not before: after Ctrl+C, or a kill, the same command goes on where it was, and replay cancel takes it
back. Live tables are not touched, and a server may run. A file of your own exports table, key and evolve (services/cli/replay/README.md).`
