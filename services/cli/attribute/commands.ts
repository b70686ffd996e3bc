// `headwater attribute …`: which touches led to success, by models side by side.
import { modelNames } from '@headwater/analytics'
import { Conversion, TouchDimension } from '@headwater/schema'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { answer, type Json } from '../answer.ts'
import { names } from '../terminal/arguments.ts'

export function attributeCommands(program: Command): void {
  // `attribute` takes the options that it shares with those below: they ask for all.
  const attribute = program
    .command('attribute')
    .description('trace success back to touches: models side by side, over the log as it was known at any place of it')
    .addOption(new Option('--model, --models <names>', `of ${modelNames.join(', ')}`).argParser(models))
    .option('--all', 'all models')
    .addOption(new Option('--conversion <what>', 'what counts as success').choices(Conversion.options).default('won'))
    .addOption(
      new Option('--by <dimension>', 'split credit by this').choices(TouchDimension.options).default('channel'),
    )
    .option('--from <date>', 'only successes of this time or later')
    .option('--to <date>', 'only successes before this time')
    .option('--look-back <days>', 'only touches of so many days before a success', days, 90)
    .option('--at <position|date>', 'as it was known then; now unless named')
    .option('--zone <name>', "time zone of dates and times without an offset; this machine's unless named")
    .option('--currency <code>', 'of values and costs; others are left out, and counted', 'CNY')
    .option('--half-life <days>', 'time decay: a touch so many days before another counts half', days)
    .option('--weights <first,between,last>', 'position based: shares that add up to 1', weights)
    .option('--order <n>', 'Markov: how many of the last touches are a state', order)
    .option('--csv <file>', 'write the table there')
    .option('--svg <file>', 'draw shares of successes by model, and the top paths, there')
    .addOption(new Option('--lang <language>', 'of the picture').choices(['zh-CN', 'en']).default('en'))
    .option('--json', 'for programs')
    .option(
      '--paths <file.csv>',
      'not the log but a file: columns path (steps with " > " between), total_conversions, total_conversion_value, total_null; also gzip; - reads what comes in',
    )
    .option('--direct <channel>', 'of --paths: the channel that last-non-direct passes by', 'direct')
    .option('--separator <text>', 'of --paths: between two steps of a path', ' > ')
    .addOption(new Option('--format <format>', 'of --paths: what is printed').choices(['json', 'csv']).default('json'))
    .option('--out <file>', 'of --paths: write it there instead')
    .addHelpText('after', aboutRuns)
    .action(async (options) =>
      options.paths === undefined
        ? answer(options, (await import('./run.ts')).run(options))
        : (await import('./attribute.ts')).attribute({ ...usualSettings, ...options }),
    )

  attribute
    .command('list')
    .description('runs, newest first')
    .option('--limit <n>', 'how many', days, 50)
    .option('--json', 'for programs')
    .action(async (_: Json, command: Command) =>
      answer(command.optsWithGlobals(), (await import('./runs.ts')).list(command.optsWithGlobals())),
    )
  for (const [name, what] of [
    ['show', 'make a run again and show it'],
    ['verify', 'make a run again and compare it with its digest'],
  ] as const)
    attribute
      .command(name)
      .description(what)
      .argument('<run>')
      .option('--csv <file>', 'write the table there')
      .option('--svg <file>', 'draw it there')
      .option('--json', 'for programs')
      .action(async (runId: string, _: Json, command: Command) =>
        answer(command.optsWithGlobals(), (await import('./runs.ts'))[name](runId, command.optsWithGlobals())),
      )
  attribute
    .command('journeys')
    .description('the journeys behind a number: persons by pseudonym, with their touches')
    .argument('<run>')
    .argument('<key>', 'a channel, campaign, content or rep')
    .option('--json', 'for programs')
    .action(async (runId: string, key: string, _: Json, command: Command) =>
      answer(command.optsWithGlobals(), (await import('./runs.ts')).journeys(runId, key, command.optsWithGlobals())),
    )
}

function models(text: string): string[] {
  const given = names(text)
  for (const name of given)
    if (!(modelNames as readonly string[]).includes(name))
      throw new InvalidArgumentError(`there is no model ${name}: there are ${modelNames.join(', ')}`)
  return [...new Set(given)]
}

function days(text: string): number {
  const match = /^(\d{1,5})d?$/.exec(text)
  if (!match || Number(match[1]) < 1) throw new InvalidArgumentError('write a number of days such as 90 or 90d')
  return Number(match[1])
}

function weights(text: string): number[] {
  const shares = text.split(',').map(Number)
  const sum = shares.reduce((all, share) => all + share, 0)
  if (shares.length !== 3 || !shares.every((share) => share >= 0) || Math.abs(sum - 1) > 1e-9)
    throw new InvalidArgumentError('write three shares that add up to 1, such as 0.4,0.2,0.4')
  return shares
}

function order(text: string): number {
  if (!/^[1-5]$/.test(text)) throw new InvalidArgumentError('write a whole number from 1 to 5')
  return Number(text)
}

/** Of --paths. */
const usualSettings = { order: 1, halfLife: 7, weights: [0.4, 0.2, 0.4] }

const aboutRuns = `
Touches are captures, contacts, visits of the website, calls and visits of reps, and what was imported. Who is one person is told by events (a visitor
is identified, a lead is merged or converted); a success takes all touches of its person in the look-back window before it. --from and --to are
business time, --at is what the log knew. Every run is recorded with the digest of its result, and can be made again to the byte.`
