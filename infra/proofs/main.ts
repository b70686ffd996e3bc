// The one door to the long harnesses: `npm run prove -- [NAME…] [--count N] [--seed S]`.
import { Command, InvalidArgumentError } from 'commander'
import { crash } from './crash.ts'
import { clockBack } from './faults/clock-back.ts'
import { diskFull } from './faults/disk-full.ts'
import { lostAnswer } from './faults/lost-answer.ts'
import { poison } from './faults/poison.ts'
import { takeover } from './faults/takeover.ts'
import { importCrash } from './import-crash.ts'
import type { Outcome, Proof } from './proof.ts'
import { rebuildCrash } from './rebuild-crash.ts'

const proofs: Record<string, Proof> = {
  crash,
  'disk-full': diskFull,
  'lost-answer': lostAnswer,
  'clock-back': clockBack,
  poison,
  takeover,
  'import-crash': importCrash,
  'rebuild-crash': rebuildCrash,
}

const wholeNumber = (text: string) => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('write a whole number')
  return Number(text)
}

const run = async (names: string[], { count, seed }: { count?: number; seed: number }) => {
  const unknown = names.filter((name) => !(name in proofs))
  if (unknown.length > 0) throw new Error(`no proof ${unknown.join(', ')}; there are ${Object.keys(proofs).join(', ')}`)
  for (const name of names.length > 0 ? names : Object.keys(proofs)) {
    const { rounds, failures } = await proofs[name]!({
      count,
      seed,
      say: (line) => process.stderr.write(`${name}: ${line}\n`),
    }).catch((error): Outcome => ({ rounds: 0, failures: [`could not go on: ${error.message}`] }))
    process.stdout.write(`${JSON.stringify({ proof: name, seed, rounds, failures })}\n`)
    if (failures.length > 0) process.exitCode = 1
  }
}

await new Command('prove')
  .description('Runs the long harnesses; each says with its seed what it found')
  .argument('[names...]', `which (default all): ${Object.keys(proofs).join(', ')}`)
  .option('--count <n>', 'rounds', wholeNumber)
  .option('--seed <s>', 'of all chance', wholeNumber, 1)
  .action(run)
  .parseAsync()
  .catch((error) => {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 2
  })
