import type { Database } from '@headwater/infra/database'
import Table from 'cli-table3'

/** One measured figure beside its peer's, from the same run. */
export interface Result {
  readonly bench: string
  readonly unit: string
  readonly ours: number
  readonly peer: number | null
  readonly peerName: string | null
  /** How many times better than the peer: above 1 we are ahead, also where less is better. */
  readonly ratio: number | null
  /** What `ratio` is meant to reach; or `ours`, where there is no peer, or the figure itself was asked for. */
  readonly goal: number | null
  readonly met: boolean | null
}

/** A bench gets an empty database and a folder of its own, and tells its figures one by one. */
export type Bench = (place: { readonly db: Database; readonly folder: string }) => AsyncIterable<Result>

interface Measured {
  bench: string
  unit: string
  ours: number
  peer?: { name: string; value: number }
  goal?: number
  /** Default: `ratio` where there is a peer. */
  goalOf?: 'ours'
  /** Times and bytes: less is better. */
  less?: boolean
}

/** Completes a measurement with its ratio and verdict. */
export const result = ({ bench, unit, ours, peer, goal, goalOf, less = false }: Measured): Result => {
  const ratio = peer ? (less ? peer.value / ours : ours / peer.value) : null
  const ofRatio = ratio !== null && goalOf !== 'ours'
  const reached = less && !ofRatio ? ours <= (goal ?? 0) : (ofRatio ? ratio : ours) >= (goal ?? 0)
  return {
    ...{ bench, unit, ours, peer: peer?.value ?? null, peerName: peer?.name ?? null, ratio },
    ...{ goal: goal ?? null, met: goal === undefined ? null : reached },
  }
}

const round = (n: number) => (Math.abs(n) >= 100 ? Math.round(n).toLocaleString('en') : n.toPrecision(3))

/** The results as a table for people. */
export const asTable = (results: readonly Result[]): string => {
  const table = new Table({ head: ['bench', 'ours', 'peer', 'ratio', 'goal', 'met'], style: { head: [], border: [] } })
  for (const r of results)
    table.push([
      r.bench,
      `${round(r.ours)} ${r.unit}`,
      r.peer === null ? '–' : `${round(r.peer)} (${r.peerName})`,
      r.ratio === null ? '–' : `${round(r.ratio)}×`,
      r.goal === null ? '–' : round(r.goal),
      r.met === null ? '–' : r.met ? 'yes' : 'no',
    ])
  return table.toString()
}
