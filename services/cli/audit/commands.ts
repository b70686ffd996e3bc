// `headwater audit …`: what was sealed, checked.
import type { Command } from 'commander'
import { answer } from '../answer.ts'

export function auditCommands(program: Command): void {
  const audit = program.command('audit').description('what was sealed, checked against the log')

  audit
    .command('verify')
    .description('find any event that was altered, removed, inserted or moved since it was sealed')
    .option('--seal <hash>', 'a seal known from a statement; may be repeated', (seal, before: string[] = []) => [
      ...before,
      seal,
    ])
    .option('--json', 'for programs')
    .action(async (options) => answer(options, (await import('./verify.ts')).verifyLog(options)))
  audit
    .command('reproduce')
    .description('work a closed month out again from the log, and compare it with what was sealed')
    .requiredOption('--period <month>', 'e.g. 2026-05')
    .option('--as-they-are', 'from the read models as they are, instead of building them anew from the log')
    .option('--json', 'for programs')
    .action(async (options) => answer(options, (await import('./reproduce.ts')).reproduce(options)))
  audit
    .command('prove')
    .description(
      'write a proof that a line or statement is of a closed month as it was sealed, and the script that checks it',
    )
    .option('--line <id>', 'the line')
    .option('--statement', "a statement's amounts, instead of a line: of --rep and --period")
    .option('--rep <id>', 'whose statement')
    .option('--period <month>', 'of which month, e.g. 2026-05')
    .option('--into <folder>', 'where to', '.')
    .option('--json', 'for programs')
    .action(async (options) => answer(options, (await import('./prove.ts')).prove(options)))
}
