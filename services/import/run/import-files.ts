import { openShell, type Shell, systemClock } from '@headwater/shell'
import type { PlanContext } from '../plan/steps.ts'
import { Execution } from './execute.ts'
import { Lanes } from './lanes.ts'
import { type MappedFile, matchFiles } from './match.ts'
import type { ImportOptions } from './options.ts'
import { Reading } from './reading.ts'
import { RepeatedIds } from './repeated-ids.ts'
import { type ImportReport, Reporting } from './report.ts'
import { ScratchLog, ScratchVault } from './scratch.ts'
import { findPlaybook, knownReps, openStores, publishPlaybook, type Setting } from './setting.ts'

const keptByDryRun = 100_000

/**
 * Imports files by a mapping. They are read twice and never kept in memory: once for their form, so that a damaged file is refused before anything
 * is written, and once case by case through the deciders. Importing the same again changes nothing; after a crash it completes what is missing.
 * A bad row does not stop the others: it is in the report.
 * @throws ImportError, MappingError when it cannot be done at all; the signal's reason; what the shell throws
 */
export async function importFiles(options: ImportOptions): Promise<ImportReport> {
  const started = performance.now()
  const { mapping, application, dryRun = false, strict = false } = options
  options.signal?.throwIfAborted()
  const files = await matchFiles(options.files, mapping)
  const setting = await findPlaybook(mapping, application.shell)
  const now = (application.options.clock ?? systemClock).now()
  const run = new Run(options, files, setting, { mapping, definition: setting.definition, now })
  await run.check()
  const playbook = { id: mapping.playbook.id, published: setting.isNew }
  const seconds = () => (performance.now() - started) / 1000
  if (dryRun || strict) {
    const decided = (await run.decide()).report(dryRun ? 'checked' : 'refused', playbook, seconds())
    if (dryRun || decided.badRows.count > 0) return decided
  }
  return (await run.write()).report('imported', playbook, seconds())
}

class Run {
  private readonly repeated = new RepeatedIds()
  private readonly options: ImportOptions
  private readonly files: readonly MappedFile[]
  private readonly setting: Setting
  private readonly context: PlanContext

  constructor(options: ImportOptions, files: readonly MappedFile[], setting: Setting, context: PlanContext) {
    this.options = options
    this.files = files
    this.setting = setting
    this.context = context
  }

  /** First reading: the form of every file, to the end. */
  async check(): Promise<void> {
    const reading = new Reading('checking', this.files, this.context, this.options)
    for await (const { record, mapped } of reading.records())
      if (record.unique) this.repeated.note(keyOf(mapped, record.caseId), mapped.source.path)
  }

  /** Second reading, into memory that is thrown away. */
  async decide(): Promise<Reporting> {
    const { options: shellOptions } = this.options.application
    // Where a case comes in one place only, nobody asks for it again.
    const several = this.files.length > 1 || this.files.some(({ file }) => file.rows === 'event')
    const kept = several ? keptByDryRun : 1000
    const log = new ScratchLog(shellOptions.log, kept)
    const shell = openShell({ ...shellOptions, log, vault: new ScratchVault(shellOptions.vault, kept) })
    const reporting = await this.carryOut('deciding', shell)
    if (several && log.dropped > 0)
      reporting.notes.push(
        `More than ${keptByDryRun} leads and deals: what one file says of a case in another may have been decided without it.`,
      )
    return reporting
  }

  write(): Promise<Reporting> {
    return this.carryOut('writing', this.options.application.shell)
  }

  private async carryOut(phase: 'deciding' | 'writing', shell: Shell): Promise<Reporting> {
    const { mapping, actor = { id: 'import', role: 'import' }, onBadRow, concurrency = 128 } = this.options
    const reporting = new Reporting(onBadRow)
    reporting.notes.push(...this.setting.notes)
    if (this.setting.isNew) await publishPlaybook(mapping, this.setting.definition, shell, actor, reporting)
    const execution = new Execution(shell, mapping, actor, reporting, await knownReps(shell))
    await openStores(mapping, shell, execution)
    const lanes = new Lanes(concurrency)
    const reading = new Reading(phase, this.files, this.context, this.options, reporting)
    try {
      for await (const { record, mapped } of reading.records()) {
        const { path: file } = mapped.source
        const plan = record.plan()
        const before =
          record.unique && this.repeated.placeBefore(keyOf(mapped, record.caseId), { file, line: record.line })
        const problems = before
          ? [
              {
                code: 'id-repeated',
                reason: `the same id is in ${before.file}, line ${before.line}`,
                whatWouldBeRight: 'one row for each id',
              },
            ]
          : plan.problems
        for (const problem of problems) reporting.bad({ file, caseId: record.caseId, line: record.line, ...problem })
        if (problems.length === 0) await lanes.add(plan.id, () => execution.carryOut(plan, file))
      }
    } finally {
      await lanes.drain()
    }
    return reporting
  }
}

/** Ids need to be unique among the files of one entry. */
const keyOf = ({ entry }: MappedFile, caseId: string) => `${entry}/${caseId}`
