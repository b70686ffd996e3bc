// `headwater commission …`: what reps get, why, and how months are closed.
import { type Command, Option } from 'commander'
import { answer, type Json } from '../answer.ts'
import type { ActingOptions } from './acting.ts'

export function commissionCommands(program: Command): void {
  const commission = program.command('commission').description('what reps get, why, and how months are closed')

  commission
    .command('periods')
    .description('months of the ledger, how far each is on its way to its close, and their seals')
    .option('--json', 'for programs')
    .action(async (options: Json) => answer(options, (await import('./periods.ts')).periods()))
  commission
    .command('statement')
    .description("a rep's statement of a month")
    .requiredOption('--rep <id>', 'whose')
    .requiredOption('--period <month>', 'e.g. 2026-05')
    .option('--csv <file>', 'write its lines there, each with its explanation')
    .option(
      '--xlsx <file>',
      'write its lines, their explanations and the seal there, with the script that checks proofs beside it',
    )
    .addOption(language())
    .option('--json', 'for programs')
    .action(async (options) => answer(options, (await import('./statement.ts')).statement(options)))
  commission
    .command('explain')
    .description('how a line came about: payments, ownership, plan, each step of the arithmetic')
    .argument('<line>', 'its id, as a statement shows it')
    .addOption(language())
    .option('--json', 'for programs')
    .action(async (line: string, options) => answer(options, (await import('./explain.ts')).explain(line, options)))
  commission
    .command('whatif')
    .description('a draft of a plan over real history: what everybody would have got; nothing is written')
    .requiredOption('--plan <draft.yaml>', 'the draft')
    .option('--for <planId>', 'the plan that it stands for; beside all others unless named')
    .requiredOption('--from <month>', 'e.g. 2026-01')
    .requiredOption('--to <month>', 'the last month')
    .option('--json', 'for programs')
    .action(async (options) => answer(options, (await import('./what-if.ts')).whatIf(options)))

  const step = (name: string, what: string) =>
    acting(commission.command(name).description(what).requiredOption('--period <month>', 'e.g. 2026-05'))
  step('prepare', 'cut a month off and prepare its statements').action(async (options: StepOptions) =>
    answer(options, (await import('./steps.ts')).prepare(options)),
  )
  step('approve', 'approve what somebody else prepared')
    .option('--lines-root <hash>', 'of the lines that were looked at; those that are prepared unless named')
    .action(async (options) => answer(options, (await import('./steps.ts')).approve(options)))
  step('close', 'work an approved month out again, compare, and seal it').action(async (options: StepOptions) =>
    answer(options, (await import('./steps.ts')).close(options)),
  )
  step('return', 'give a month back to be cut off and prepared anew')
    .requiredOption('--reason <text>', 'why, for the record')
    .action(async (options) => answer(options, (await import('./steps.ts')).giveBack(options)))

  const plan = commission.command('plan').description('commission plans: one submits a version, another approves it')
  acting(plan.command('submit').description('submit a version of a plan'))
    .argument('<planId>')
    .requiredOption('--plan <plan.yaml>', 'the plan')
    .action(async (planId: string, options) => answer(options, (await import('./plan.ts')).submit(planId, options)))
  acting(plan.command('approve').description('approve a version that somebody else submitted'))
    .argument('<planId[@version]>', 'the one that waits unless a version is named')
    .action(async (ref: string, options) => answer(options, (await import('./plan.ts')).approve(ref, options)))
}

interface StepOptions extends ActingOptions {
  readonly period: string
}

const acting = (command: Command) =>
  command
    .requiredOption('--as <actorId>', 'who does it')
    .option('--role <role>', 'in which role', 'finance')
    .option('--json', 'for programs')

const language = () => new Option('--lang <language>', 'of sentences').choices(['zh-CN', 'en']).default('en')
