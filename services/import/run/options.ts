import type { Application } from '@headwater/application'
import type { Actor } from '@headwater/schema'
import type { Mapping } from '../mapping/schema.ts'
import type { BadRow } from './report.ts'

/** How far it is; bytes are of the files as stored. */
export interface ImportProgress {
  /** Looking at the form of all files; deciding without writing; writing. */
  readonly phase: 'checking' | 'deciding' | 'writing'
  readonly bytes: number
  readonly totalBytes: number
  readonly rows: number
  readonly cases: number
}

export interface ImportOptions {
  readonly files: readonly string[]
  readonly mapping: Mapping
  /** A dry run decides by a shell of the same options over a log that is thrown away. */
  readonly application: Pick<Application, 'shell' | 'options'>
  /** In a role that may waive; `import` unless it is said. */
  readonly actor?: Actor | undefined
  /** Decide everything and write nothing. */
  readonly dryRun?: boolean | undefined
  /** Write nothing if any row is bad. */
  readonly strict?: boolean | undefined
  /** Called with every bad row, also with those beyond what the report keeps. */
  readonly onBadRow?: ((row: BadRow) => void) | undefined
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined
  /** Stops between two cases; what was written stays, and importing again completes it. */
  readonly signal?: AbortSignal | undefined
  /** Cases in flight at once; 128 unless it is said. */
  readonly concurrency?: number | undefined
}
