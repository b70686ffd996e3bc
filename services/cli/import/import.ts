import { type ImportReport, importFiles as importAll, readMapping } from '@headwater/import'
import { bringUpToDate, withSession } from '../session.ts'
import { ExitCode } from '../terminal/failure.ts'
import { interrupted } from '../terminal/interrupted.ts'
import { progress } from '../terminal/progress.ts'
import { reportText } from './report.ts'

export interface ImportOptions {
  readonly map: string
  readonly dryRun?: boolean
  readonly strict?: boolean
  readonly json?: boolean
}

/** Imports, brings the read models up to date and prints the report; bad rows show in the exit code. */
export async function importFiles(files: readonly string[], options: ImportOptions): Promise<void> {
  const mapping = await readMapping(options.map)
  const signal = interrupted('import the same again to complete it')
  const report = await withSession(
    async (session) => {
      const { dryRun, strict } = options
      const report = await withBars((onProgress) =>
        importAll({
          files,
          mapping,
          application: session.application,
          dryRun,
          strict,
          onProgress,
          signal,
        }),
      )
      if (report.status === 'imported') await bringUpToDate(session)
      return report
    },
    { upToDate: false },
  )
  process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : reportText(report)}\n`)
  process.exitCode = report.badRows.count > 0 ? ExitCode.refused : ExitCode.ok
}

type OnProgress = NonNullable<Parameters<typeof importAll>[0]['onProgress']>

/** A bar for each phase. */
async function withBars(run: (onProgress: OnProgress) => Promise<ImportReport>): Promise<ImportReport> {
  let current: { phase: string; bar: ReturnType<typeof progress> } | undefined
  try {
    return await run(({ phase, bytes, totalBytes }) => {
      if (current?.phase !== phase) {
        current?.bar.stop()
        current = { phase, bar: progress(phase, totalBytes) }
      }
      current.bar.update(bytes)
    })
  } finally {
    current?.bar.stop()
  }
}
