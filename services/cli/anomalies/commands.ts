// The commands `headwater anomalies`, `headwater coaching` and `headwater conformance`.
import { type Command, Option } from 'commander'
import { answer } from '../answer.ts'

export function anomalyCommands(program: Command): void {
  program
    .command('anomalies')
    .description('stores or reps whose deals go on far less often than elsewhere, and stores that have gone quiet')
    .option('--playbook <id>', 'of this playbook; of the only one unless named')
    .addOption(new Option('--by <kind>', 'whose figures').choices(['store', 'rep']).default('store'))
    .option('--at <time>', 'the present to count back from; now unless named')
    .option('--known-at <time>', 'only what was known by then')
    .option('--zone <name>', "time zone of dates without an offset; this machine's unless named")
    .option('--all', 'every step of every store or rep, not only the anomalies')
    .option('--open-cases', 'open a coaching case for each')
    .option('--as <actorId>', 'who opens them', 'cli')
    .option('--json', 'for programs')
    .action(async (options) => answer(options, (await import('./anomalies.ts')).anomalies(options)))

  program
    .command('conformance')
    .description('how far deals went as their playbook has it: skipped stages, contradicting times, missed behaviours')
    .option('--playbook <id>', 'of this playbook; of the only one unless named')
    .addOption(new Option('--by <kind>', 'whose figures').choices(['store', 'rep']).default('store'))
    .option('--from <time>', 'only deals that opened then or later')
    .option('--to <time>', 'only deals that opened before then')
    .option('--store <id>', "only this store's, as it is now")
    .option('--rep <id>', "only this rep's, as it is now")
    .option('--zone <name>', "time zone of dates without an offset; this machine's unless named")
    .option('--json', 'for programs, with all deals')
    .action(async (options) => answer(options, (await import('./conformance.ts')).conformance(options)))

  const coaching = program.command('coaching').description('coaching cases: what somebody should talk about')
  coaching
    .command('list')
    .description('cases, the last opened first')
    .addOption(new Option('--status <status>', 'only these').choices(['open', 'acknowledged', 'closed']))
    .option('--store <id>', 'about this store')
    .option('--rep <id>', 'about this rep')
    .option('--json', 'for programs')
    .action(async (options) => answer(options, (await import('./coaching.ts')).list(options)))
  acting(coaching.command('acknowledge').description('take a case').argument('<case>'))
    .option('--plan <text>', 'what you mean to do')
    .action(async (id: string, options) => answer(options, (await import('./coaching.ts')).acknowledge(id, options)))
  acting(coaching.command('close').description('say what came of a case').argument('<case>'))
    .addOption(
      new Option('--outcome <outcome>', 'what came of it')
        .choices(['improved', 'explained', 'unchanged'])
        .makeOptionMandatory(),
    )
    .requiredOption('--note <text>', 'in words')
    .action(async (id: string, options) => answer(options, (await import('./coaching.ts')).close(id, options)))
  coaching
    .command('thresholds')
    .description('from when on somebody should look')
    .option('--publish <file.json>', 'these hold from now on; what is left out goes back to its default')
    .option('--as <actorId>', 'who publishes them', 'cli')
    .option('--json', 'for programs')
    .action(async (options) => answer(options, (await import('./coaching.ts')).thresholds(options)))
}

const acting = (command: Command) =>
  command
    .requiredOption('--as <actorId>', 'who does it')
    .option('--role <role>', 'in which role', 'store-manager')
    .option('--json', 'for programs')
