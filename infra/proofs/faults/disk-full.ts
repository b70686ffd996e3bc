// The disk gets full under the writers: nothing acknowledged is lost, and all goes on as soon as there is room.
import { execFile } from 'node:child_process'
import { mkdir, open, rm } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { Run } from '../harness/run.ts'
import { onSite } from '../harness/site.ts'
import type { Proof } from '../proof.ts'

/** Of the disk: a new cluster and its WAL take some 80 MB. */
const SIZE = '256m'
/** Commands not acknowledged, until there is room again. */
const ENOUGH = 100
const run = promisify(execFile)

/** A small disk of its own in the place of the folder. @throws where that is not allowed */
const smallDisk = async (dataDir: string) => {
  await mkdir(dataDir)
  await run('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=711`, 'tmpfs', dataDir])
  return async () => void (await run('umount', [dataDir]))
}

/** Takes all the room there is. */
async function fill(file: string): Promise<void> {
  const ballast = await open(file, 'w')
  try {
    for (const block = Buffer.alloc(1 << 20); ; ) await ballast.write(block)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  } finally {
    await ballast.close()
  }
}

export const diskFull: Proof = async ({ count = 3, say }) => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    say('LEFT OUT: only root on Linux can mount a small disk')
    return { rounds: 0, failures: [] }
  }
  const failures: string[] = []
  await onSite(
    (site) =>
      Run.over(site, async (over) => {
        for (let round = 1; round <= count; round++) {
          const { child, ready } = over.worker()
          await ready
          await over.progress(child)
          const ballast = path.join(site.dataDir, 'ballast')
          await fill(ballast)
          const before = over.retries
          await child.until('the disk is full', () => over.retries >= before + ENOUGH)
          await rm(ballast)
          await over.progress(child)
          await child.stop()
          const violations = await over.violations()
          say(`round ${round} of ${count}, ${over.retries - before} refusals: ${violations.join('; ') || 'all there'}`)
          failures.push(...violations.map((violation) => `round ${round}: ${violation}`))
        }
      }),
    smallDisk,
  )
  return { rounds: count, failures }
}
