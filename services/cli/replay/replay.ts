import {
  cancelReplay,
  dropReplay,
  listReplays,
  type Replay,
  refuseReservedNames,
  replay as replayModel,
} from '@headwater/projections'
import type { Answer } from '../answer.ts'
import { modelsCalled } from '../models.ts'
import { withSession } from '../session.ts'
import { ExitCode, Failure } from '../terminal/failure.ts'
import { count, instant, NONE } from '../terminal/format.ts'
import { interrupted } from '../terminal/interrupted.ts'
import { logProgress } from '../terminal/log-progress.ts'
import { facts, table } from '../terminal/table.ts'
import { isFile, loadModel } from './load-model.ts'
import { endOf, replayUntil } from './until.ts'

export interface ReplayCommand {
  readonly into?: string
  readonly until?: string
  readonly occurredUntil?: string
  readonly zone?: string
  readonly replace?: boolean
  readonly json?: boolean
}

/**
 * @param what a read model's name, or the file of one's own
 * @throws Failure for wrong words; otherwise as the replay of the projections
 */
export async function replay(what: string, command: ReplayCommand): Promise<Answer> {
  const { into, until, occurredUntil, zone, replace, json } = command
  if (into === undefined) throw new Failure('name the replay with --into <name>', ExitCode.usage)
  const here = zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone
  const end = until === undefined ? undefined : replayUntil(until, here)
  const occurred = occurredUntil === undefined ? undefined : endOf('--occurred-until', occurredUntil, here)
  const own = isFile(what)
  const model = own ? await loadModel(what) : modelsCalled(what)[0]!
  const signal = interrupted(`the same command completes it, headwater replay cancel ${into} takes back what was begun`)
  return withSession<Answer>(
    async (sources) => {
      if (own) await refuseReservedNames(sources.db.pool, model)
      const progress = logProgress(`replaying ${what}`, { quiet: json })
      try {
        const options = { name: into, until: end, occurredUntil: occurred, replace, signal }
        const made = await replayModel(sources, model, { ...options, onProgress: progress.update })
        return { json: made, text: () => report(made) }
      } finally {
        progress.stop()
      }
    },
    { upToDate: false },
  )
}

export const list = (): Promise<Answer> =>
  withSession(
    async (sources) => {
      const replays = await listReplays(sources)
      return { json: { replays }, text: () => (replays.length === 0 ? 'There is no replay.' : listing(replays)) }
    },
    { upToDate: false },
  )

export const drop = (name: string): Promise<Answer> =>
  withSession(
    async (sources) => {
      await dropReplay(sources, name)
      return { json: { dropped: name }, text: () => `${name} is dropped.` }
    },
    { upToDate: false },
  )

export const cancel = (name: string): Promise<Answer> =>
  withSession(
    async (sources) => {
      await cancelReplay(sources, name)
      return { json: { cancelled: name }, text: () => `${name} is cancelled: what was begun is gone.` }
    },
    { upToDate: false },
  )

const report = ({ model, version, until, occurredUntil, position, events, tables }: Replay) =>
  facts([
    ['read model', `${model}, version ${version}`],
    ['until', until],
    ...(occurredUntil === null ? [] : [['occurred until', occurredUntil] as const]),
    ['position', position ?? 'nothing was recorded by then'],
    ['events', count(events ?? 0)],
    ...(tables ?? []).map(({ table, rows }) => [table, `${count(rows)} rows`] as const),
  ])

const listing = (replays: readonly Replay[]) =>
  table(
    ['replay', 'read model', 'until', 'occurred until', 'position', 'events', 'made'],
    replays.map(({ name, model, version, until, occurredUntil, position, events, madeAt }) => [
      name,
      `${model} ${version}`,
      until,
      occurredUntil ?? NONE,
      position ?? NONE,
      events === null ? NONE : count(events),
      madeAt ? instant(madeAt) : 'unfinished',
    ]),
  )
