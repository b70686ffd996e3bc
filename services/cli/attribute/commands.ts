import { type Command, Option } from 'commander'
import { names, number } from '../terminal/arguments.ts'

/** `headwater attribute`. */
export function attributeCommands(program: Command): void {
  program
    .command('attribute')
    .description('what each channel is credited with, by every model, from a file of paths')
    .requiredOption(
      '--paths <file.csv>',
      'columns path (steps with " > " between), total_conversions, total_conversion_value, total_null; also gzip',
    )
    .option(
      '--models <names>',
      'some of first, last, last-non-direct, linear, time-decay, position, w-shaped, markov, shapley; all unless named',
      names,
    )
    .option('--order <n>', 'markov: how many of the last channels are a state', number, 1)
    .option('--half-life <steps>', 'time-decay: so many steps before another counts half', Number, 7)
    .option('--weights <first,between,last>', 'position: shares that add up to 1', shares, [0.4, 0.2, 0.4])
    .option('--direct <channel>', 'last-non-direct: the channel that is passed by', 'direct')
    .option('--separator <text>', 'between two steps of a path', ' > ')
    .addOption(new Option('--format <format>', 'of what is printed').choices(['json', 'csv']).default('json'))
    .option('--out <file>', 'write it there instead')
    .action(async (options) => (await import('./attribute.ts')).attribute(options))
}

const shares = (text: string) => names(text).map(Number)
