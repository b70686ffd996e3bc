// `headwater export` and `headwater sql`: options only.
import { type Command, Option } from 'commander'
import { answer } from '../answer.ts'
import type { SqlCommand } from '../sql/sql.ts'
import { number } from '../terminal/arguments.ts'

export function exportCommands(program: Command): void {
  program
    .command('export')
    .description('write the log or read models into a folder for notebooks; personal data is left out')
    .argument('<what...>', 'log, read models by name, or all')
    .requiredOption('--to <folder>', 'a new folder, or one that an export was interrupted in')
    .addOption(new Option('--format <format>', 'of the files').choices(['parquet', 'csv', 'jsonl']).default('parquet'))
    .option('--from <position|date>', 'of the log, from here on; with a position: what comes after it')
    .option('--until <position|date>', 'up to here, inclusive; of read models as they were then')
    .option('--zone <name>', "time zone of dates and times without an offset; this machine's unless named")
    .option('--with-personal', 'with names and ways to reach people, as far as nobody has asked to be forgotten')
    .option('--as <actorId>', 'who takes personal data along')
    .option('--role <role>', 'in which role; that of an administrator may', 'administrator')
    .option('--part-size <rows>', 'what a kill can undo at most', number, 250_000)
    .option('--json', 'for programs, without progress')
    .addHelpText('after', aboutExports)
    .action(async (what: string[], options) => answer(options, (await import('./export.ts')).exportTo(what, options)))

  program
    .command('sql')
    .description('ask an export with SQL (DuckDB); nothing is written, nothing is loaded from elsewhere')
    .argument('[query]', 'SELECT …; SHOW TABLES lists the tables')
    .option('--file <file>', 'queries from a file instead, one after the other')
    .option('--in <folder>', 'the folder of the export', '.')
    .addOption(new Option('--format <format>', 'of the answer').choices(['table', 'csv', 'json']).default('table'))
    .action(async (query: string | undefined, options: SqlCommand) =>
      (await import('../sql/sql.ts')).sql(query, options),
    )
}

const aboutExports = `
Files appear when they are whole, and manifest.json lists them with their rows and SHA-256. After Ctrl+C, or a kill, the same command
goes on after the last part that is listed. A read model that has moved on meanwhile is written anew; one --until a date is not.
README.md in the folder says what the tables and columns mean, questions.sql asks five questions (headwater sql runs them).`
