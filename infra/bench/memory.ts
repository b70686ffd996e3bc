// What processes hold in memory, as Linux tells it; other systems do not, and there these figures are left out.
import { readdir, readFile } from 'node:fs/promises'

export const canMeasureMemory = process.platform === 'linux'

/** Resident memory of a process in MiB, now or at its highest. */
export async function residentMiB(pid: number | 'self', which: 'now' | 'peak' = 'now'): Promise<number> {
  return field(await readFile(`/proc/${pid}/status`, 'utf8'), which === 'now' ? 'VmRSS' : 'VmHWM')
}

/** Memory of a process and all below it in MiB, what they share counted once ("proportional set size"). */
export async function treeMiB(root: number): Promise<number> {
  const parents = new Map<number, number>()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '') // it may have ended by now
    const parent = /^PPid:\s+(\d+)/m.exec(status)?.[1]
    if (parent) parents.set(Number(name), Number(parent))
  }
  const isBelow = (pid: number | undefined): boolean => pid !== undefined && (pid === root || isBelow(parents.get(pid)))
  const pss = [...parents.keys()]
    .filter(isBelow)
    .map(async (pid) => field(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => ''), 'Pss'))
  return (await Promise.all(pss)).reduce((sum, mib) => sum + mib, 0)
}

/** A line like `VmRSS:   123456 kB`. */
function field(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) / 1024
}
