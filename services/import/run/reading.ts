import { stat } from 'node:fs/promises'
import { ImportError } from '../errors.ts'
import { type CaseRecord, readCases } from '../plan/records.ts'
import type { PlanContext } from '../plan/steps.ts'
import { Tally } from '../plan/tally.ts'
import type { SourceFile } from '../readers/bytes.ts'
import type { MappedFile } from './match.ts'
import type { ImportOptions, ImportProgress } from './options.ts'
import type { Reporting } from './report.ts'

/** One reading of all files, from the first to the last. */
export class Reading {
  private readonly phase: ImportProgress['phase']
  private readonly files: readonly MappedFile[]
  private readonly context: PlanContext
  private readonly options: Pick<ImportOptions, 'onProgress' | 'signal'>
  private readonly reporting: Reporting | undefined
  private bytes = 0
  private rows = 0
  private cases = 0

  constructor(
    phase: ImportProgress['phase'],
    files: readonly MappedFile[],
    context: PlanContext,
    options: Pick<ImportOptions, 'onProgress' | 'signal'>,
    reporting?: Reporting,
  ) {
    this.phase = phase
    this.files = files
    this.context = context
    this.options = options
    this.reporting = reporting
  }

  /** @throws ImportError for the form of a file, or when it changed since it was looked at; the signal's reason */
  async *records(): AsyncGenerator<{ readonly record: CaseRecord; readonly mapped: MappedFile }> {
    const { signal } = this.options
    const onBytes = (bytes: number) => {
      this.bytes += bytes
      this.progress()
    }
    const unmapped = this.reporting?.unmapped ?? { columns: new Tally(), activities: new Tally() }
    for (const mapped of this.files) {
      await unchanged(mapped.source)
      this.reporting?.file(mapped.source.path)
      for await (const record of readCases(mapped.source, mapped.file, this.context, unmapped, { onBytes, signal })) {
        signal?.throwIfAborted()
        this.rows += record.rows
        this.cases++
        this.reporting?.record(record.rows)
        yield { record, mapped }
      }
    }
    this.progress()
  }

  private progress(): void {
    const { phase, bytes, rows, cases } = this
    const totalBytes = this.files.reduce((sum, { source }) => sum + source.bytes, 0)
    this.options.onProgress?.({ phase, bytes, totalBytes, rows, cases })
  }
}

async function unchanged({ path, bytes, modifiedMs }: SourceFile): Promise<void> {
  const { size, mtimeMs } = await stat(path)
  if (size !== bytes || mtimeMs !== modifiedMs)
    throw new ImportError(
      'file-changed',
      'the file has changed while it was being imported',
      { file: path },
      'import it again',
    )
}
