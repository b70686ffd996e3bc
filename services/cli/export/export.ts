// `headwater export`: what is asked for, from which place of the log to which, into which folder.
import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import type { EventLog } from '@headwater/infra/ports'
import {
  dropReplay,
  listReplays,
  PositionBeyondHead,
  type ReadModel,
  readModels,
  replay,
  schemaOf,
  withSnapshot,
} from '@headwater/projections'
import { instantOf, msOf, type Position } from '@headwater/schema'
import type { Answer } from '../answer.ts'
import { modelsCalled } from '../models.ts'
import { replayUntil } from '../replay/until.ts'
import { bringUpToDate, type Session, withSession } from '../session.ts'
import { ExitCode, Failure } from '../terminal/failure.ts'
import { count } from '../terminal/format.ts'
import { interrupted } from '../terminal/interrupted.ts'
import { logProgress } from '../terminal/log-progress.ts'
import { status } from '../terminal/progress.ts'
import { facts } from '../terminal/table.ts'
import { type Format, withDuck } from './duck.ts'
import { ExportFolder, type Manifest, type Request } from './folder.ts'
import { exportLog, type LogExport } from './log.ts'
import { questionsOf, readmeOf } from './readme.ts'
import { exportTables, type ModelAt, type TablesExport } from './tables.ts'

export interface ExportCommand {
  readonly to: string
  readonly format: Format
  readonly from?: string
  readonly until?: string
  readonly zone?: string
  readonly withPersonal?: boolean
  readonly as?: string
  readonly role: string
  readonly partSize: number
  readonly json?: boolean
}

/** @throws Failure for wrong words, or a folder that cannot be used */
export async function exportTo(
  what: readonly string[],
  command: ExportCommand,
  signal = interrupted('the same command goes on after the last part that is whole'),
): Promise<Answer> {
  const { log: wantsLog, models } = selected(what)
  const by = whoMay(command)
  const { from = null, until = null, format, withPersonal: personal = false, partSize } = command
  if (from !== null && models.length > 0)
    throw new Failure('--from is for the log alone: a read model is a state, not a stretch of time', ExitCode.usage)
  const zone = command.zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone
  const ends = {
    from: from === null ? undefined : startOf(from, zone),
    until: until === null ? undefined : replayUntil(until, zone),
  }
  const dir = resolve(command.to)
  return withSession<Answer>(
    async (session) => {
      const names = [...(wantsLog ? ['log'] : []), ...models.map(({ name }) => name)]
      const request: Request = {
        what: names,
        format,
        from: ends.from?.text ?? null,
        until: inWords(ends.until),
        personal,
      }
      const range = await rangeOf(session.log, ends)
      const folder = await ExportFolder.open(dir, request, by)
      const common = { ...session, folder, format, personal, signal, partSize }
      try {
        await withDuck(async (duck) => {
          if (wantsLog) await ofLog({ ...common, ...range, duck }, command.json)
          if (models.length > 0) await ofModels(session, { ...common, duck }, models, ends.until, command.json)
        }, folder.scratch)
        await folder.write('README.md', readmeOf(folder.manifest))
        await folder.write('questions.sql', questionsOf(folder.manifest))
        await folder.complete()
      } catch (error) {
        throw isFull(error)
          ? new Failure(
              `there is no room left for ${dir}: the same command goes on where it was`,
              ExitCode.unavailable,
              { cause: error },
            )
          : error
      } finally {
        await folder.close()
      }
      return { json: summary(dir, folder.manifest), text: () => report(dir, folder.manifest) }
    },
    { upToDate: false },
  )
}

function selected(what: readonly string[]): { log: boolean; models: readonly ReadModel[] } {
  if (what.includes('all')) return { log: true, models: readModels }
  const names = what.filter((name) => name !== 'log')
  const models = names.flatMap((name) => modelsCalled(name))
  return { log: what.includes('log'), models: readModels.filter((model) => models.includes(model)) }
}

const mayTakePersonalData = 'administrator'

/** @throws Failure where personal data is asked for by nobody, or in a role that may not have it */
function whoMay({ withPersonal, as, role }: ExportCommand): string | null {
  if (!withPersonal) return null
  if (as === undefined)
    throw new Failure('--with-personal: say who takes the data along with --as <actorId>', ExitCode.usage)
  if (role !== mayTakePersonalData) throw new Failure(`the role ${role} may not export personal data`)
  return `${as} (${role})`
}

/** A date is its beginning, a position what comes after it. */
function startOf(text: string, zone: string): { text: string; after: Position } | { text: string; before: string } {
  const at = replayUntil(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text} 00:00` : text, zone)
  if ('position' in at) return { text: at.position, after: at.position }
  return { text: at.recordedAt, before: instantOf(msOf(at.recordedAt) - 1) }
}

type Until = ReturnType<typeof replayUntil> | undefined
interface Ends {
  readonly from: ReturnType<typeof startOf> | undefined
  readonly until: Until
}

const inWords = (until: Until) => (until === undefined ? null : 'position' in until ? until.position : until.recordedAt)

interface Range {
  readonly after: Position | undefined
  readonly until: Position | undefined
}

/** @throws Failure beyond the end of the log, ForeignPosition */
async function rangeOf(log: EventLog, { from, until }: Ends): Promise<Range> {
  const head = await log.head()
  const range: { after: Position | undefined; until: Position | undefined } = { after: undefined, until: head }
  if (from) range.after = 'after' in from ? from.after : await log.positionAt(from.before)
  if (until) range.until = 'position' in until ? until.position : await log.positionAt(until.recordedAt)
  for (const position of [range.after, range.until]) {
    if (position === undefined) continue
    log.share(position, head ?? position)
    if (head === undefined || position > head) throw new PositionBeyondHead(position, head)
  }
  return range
}

async function ofLog(options: Omit<LogExport, 'onProgress'>, quiet: boolean | undefined): Promise<void> {
  // What an interrupted export was to end with, it ends with.
  const begun = options.folder.source('log')
  const until = begun ? ((begun.position as Position | null) ?? undefined) : options.until
  const bar = logProgress('exporting the log', { quiet })
  try {
    await exportLog({ ...options, until, onProgress: bar.update })
  } finally {
    bar.stop()
  }
}

/** As they are now in one snapshot; as they were then by a replay of their own, which goes when the export is done. */
async function ofModels(
  session: Session,
  options: Omit<TablesExport, 'snapshot' | 'onProgress'>,
  models: readonly ReadModel[],
  until: Until,
  quiet: boolean | undefined,
): Promise<void> {
  const line = status()
  const onProgress = (table: string, rows: number) => line.say(`exporting ${table}: ${count(rows)} rows`)
  const replays = new Map<ReadModel, { name: string; at: ModelAt }>()
  if (until)
    for (const model of models) {
      if (options.folder.source(model.name)?.complete) continue
      const name = replayName(options.folder.dir, model, inWords(until)!)
      const made = await replayed(session, model, name, until, options.signal, quiet)
      replays.set(model, { name, at: { model, schema: schemaOf(name), position: made } })
    }
  else await bringUpToDate(session)
  try {
    await withSnapshot(session.db, models, async (snapshot) => {
      for (const model of models) {
        const live = async () => ({
          model,
          schema: 'read',
          position: (await snapshot.checkpoint(model)).position ?? null,
        })
        if (!until || replays.has(model))
          await exportTables({ ...options, snapshot, onProgress }, replays.get(model)?.at ?? (await live()))
      }
    })
  } finally {
    line.end()
  }
  for (const { name } of replays.values()) await dropReplay(session, name)
}

/** The same for the same export, so that one which was interrupted finds it again. */
const replayName = (...of: [dir: string, model: ReadModel, until: string]) =>
  `export_${createHash('sha256')
    .update(JSON.stringify([of[0], of[1].name, of[1].version, of[2]]))
    .digest('hex')
    .slice(0, 16)}`

/** Made before the export was interrupted, or now. @returns the position it ends at */
async function replayed(
  session: Session,
  model: ReadModel,
  name: string,
  until: NonNullable<Until>,
  signal: AbortSignal,
  quiet: boolean | undefined,
): Promise<string | null> {
  const before = (await listReplays(session)).find((one) => one.name === name && one.madeAt !== null)
  if (before) return before.position
  const bar = logProgress(`replaying ${model.name}`, { quiet })
  try {
    return (await replay(session, model, { name, until, signal, onProgress: bar.update })).position
  } finally {
    bar.stop()
  }
}

const isFull = (error: unknown) =>
  error instanceof Error &&
  (('code' in error && error.code === 'ENOSPC') || /no space left on device/i.test(error.message))

const summary = (dir: string, { sources, tables, files, request }: Manifest) => ({
  folder: dir,
  format: request.format,
  personal: request.personal,
  sources: sources.map(({ name, position }) => ({ name, position })),
  tables: tables.map(({ name, rows }) => ({ name, rows })),
  files: files.length,
  bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
})

function report(dir: string, manifest: Manifest): string {
  const { sources, tables, files, bytes } = summary(dir, manifest)
  return facts([
    ['folder', dir],
    ...sources.map(
      ({ name, position }) => [name, position === null ? 'nothing was recorded by then' : `up to ${position}`] as const,
    ),
    ...tables.filter(({ rows }) => rows > 0).map(({ name, rows }) => [name, `${count(rows)} rows`] as const),
    ['files', `${count(files)}, ${(bytes / 1e6).toFixed(1)} MB`],
  ])
}
