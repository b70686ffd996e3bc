import { dropReplay, listReplays, type Replay, replay as replayModel } from '@headwater/projections'
import type { Answer } from '../answer.ts'
import { modelsCalled } from '../models.ts'
import { withSession } from '../session.ts'
import { ExitCode, Failure } from '../terminal/failure.ts'
import { count, instant, NONE } from '../terminal/format.ts'
import { interrupted } from '../terminal/interrupted.ts'
import { logProgress } from '../terminal/log-progress.ts'
import { facts, table } from '../terminal/table.ts'
import { replayUntil } from './until.ts'

export interface ReplayCommand {
  readonly into?: string
  readonly until?: string
  readonly zone?: string
  readonly replace?: boolean
  readonly json?: boolean
}

/** @throws Failure for wrong words; otherwise as the replay of the projections */
export function replay(name: string, { into, until, zone, replace, json }: ReplayCommand): Promise<Answer> {
  const [model] = modelsCalled(name)
  if (into === undefined) throw new Failure('name the replay with --into <name>', ExitCode.usage)
  const here = new Intl.DateTimeFormat().resolvedOptions().timeZone
  const end = until === undefined ? undefined : replayUntil(until, zone ?? here)
  const signal = interrupted('the same command completes it, headwater replay drop takes back what was begun')
  return withSession<Answer>(
    async (sources) => {
      const progress = logProgress(`replaying ${name}`, { quiet: json })
      try {
        const options = { name: into, until: end, replace, signal, onProgress: progress.update }
        const made = await replayModel(sources, model!, options)
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

const report = ({ model, version, until, position, events, tables }: Replay) =>
  facts([
    ['read model', `${model}, version ${version}`],
    ['until', until],
    ['position', position ?? 'nothing was recorded by then'],
    ['events', count(events ?? 0)],
    ...(tables ?? []).map(({ table, rows }) => [table, `${count(rows)} rows`] as const),
  ])

const listing = (replays: readonly Replay[]) =>
  table(
    ['replay', 'read model', 'until', 'position', 'events', 'made'],
    replays.map(({ name, model, version, until, position, events, madeAt }) => [
      name,
      `${model} ${version}`,
      until,
      position ?? NONE,
      events === null ? NONE : count(events),
      madeAt ? instant(madeAt) : 'unfinished',
    ]),
  )
