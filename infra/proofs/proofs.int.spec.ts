// Each proof in its shortest form, with real processes and a Postgres of its own; `npm run prove` runs them at length.
import { expect, test } from 'vitest'
import { crash } from './crash.ts'
import { clockBack } from './faults/clock-back.ts'
import { diskFull } from './faults/disk-full.ts'
import { lostAnswer } from './faults/lost-answer.ts'
import { poison } from './faults/poison.ts'
import { takeover } from './faults/takeover.ts'
import type { Proof } from './proof.ts'
import { rebuildCrash } from './rebuild-crash.ts'

test.each<[string, Proof, number]>([
  ['crash', crash, 6],
  ['disk full', diskFull, 1],
  ['lost answer', lostAnswer, 30],
  ['clock back', clockBack, 1],
  ['poison', poison, 1],
  ['takeover', takeover, 2],
  ['rebuild crash', rebuildCrash, 3],
])('%s', { timeout: 240_000 }, async (name, proof, count) => {
  const { failures } = await proof({ count, seed: 1, say: (line) => process.stderr.write(`${name}: ${line}\n`) })
  expect(failures).toEqual([])
})
