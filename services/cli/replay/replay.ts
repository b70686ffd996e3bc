// Read models as they were: folded again up to some place in the log, into schemas of their own.
import { dropReplay, listReplays, replay, replayRows } from '@headwater/projections'
import type { Position } from '@headwater/schema'
import type { Answer } from '../answer.ts'
import { namedModel } from '../rebuild.ts'
import { withSession } from '../session.ts'
import { ExitCode, Failure } from '../terminal/failure.ts'
import { count, instant, NONE } from '../terminal/format.ts'
import { passage } from '../terminal/progress.ts'
import { facts, table } from '../terminal/table.ts'
import { parseUntil } from './until.ts'

export interface ReplayArguments {
  readonly until?: string
  readonly into: string
  readonly zone: string
  readonly replace?: boolean
}

/** @throws Failure */
export function replayInto(name: string, { until: text, into, zone, replace }: ReplayArguments): Promise<Answer> {
  const model = namedModel(name)
  const until = text === undefined ? undefined : parseUntil(text, zone)
  return withSession(
    async (session) => {
      const stop = new AbortController()
      const abort = () =>
        stop.abort(new Failure('stopped; the same command goes on where it was', ExitCode.unavailable))
      process.once('SIGINT', abort).once('SIGTERM', abort)
      const bar = passage('replaying')
      try {
        let position: Position | undefined
        if (until) position = 'position' in until ? until.position : await session.log.positionAt(until.instant)
        if (until && position === undefined)
          throw new Failure(`the log begins later than ${text}: there is nothing to replay`, ExitCode.refused)
        const options = { name: into, until: position, replace, signal: stop.signal, onProgress: bar.update }
        const done = await replay(session, model, options)
        const rows = await replayRows(session.db, done, model)
        return {
          json: { ...done, rows },
          text: () =>
            `${facts([
              ['replay', done.name],
              ['read model', `${done.model}, version ${done.version}`],
              ['up to', done.until ?? NONE],
              ['events', count(done.events)],
            ])}\n\n${table(
              ['table', 'rows'],
              Object.entries(rows).map(([name, n]) => [`${done.schema}.${name}`, count(n)]),
            )}`,
        }
      } finally {
        bar.end()
        process.off('SIGINT', abort).off('SIGTERM', abort)
      }
    },
    { upToDate: false },
  )
}

export function replays(): Promise<Answer> {
  return withSession(
    async ({ db }) => {
      const all = await listReplays(db)
      return {
        json: all,
        text: () =>
          table(
            ['replay', 'read model', 'up to', 'events', 'complete'],
            all.map((one) => [
              one.name,
              `${one.model}, version ${one.version}`,
              one.until ?? NONE,
              count(one.events),
              one.completedAt ? instant(one.completedAt) : 'no',
            ]),
          ),
      }
    },
    { upToDate: false },
  )
}

/** @throws Failure */
export function dropOne(name: string): Promise<Answer> {
  return withSession(
    async ({ db }) => {
      if (!(await dropReplay(db, name))) throw new Failure(`there is no replay ${name}`, ExitCode.refused)
      return { json: { dropped: name }, text: () => `Dropped ${name}.` }
    },
    { upToDate: false },
  )
}
