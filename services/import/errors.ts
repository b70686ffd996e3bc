/** What is wrong with an import as a whole; a single bad row is no error but a line of the report. */
export type ImportErrorCode =
  | 'mapping-invalid'
  | 'playbook-missing'
  | 'file-unreadable'
  | 'file-not-mapped'
  | 'file-changed'
  | 'file-empty'
  | 'format-mismatch'
  | 'gzip-corrupt'
  | 'encoding-invalid'
  | 'csv-malformed'
  | 'xml-malformed'
  | 'xlsx-malformed'
  | 'sheet-missing'
  | 'column-missing'
  | 'header-duplicate'
  | 'record-too-large'
  | 'ids-repeated'
  | 'organisation-refused'

export interface ErrorPlace {
  readonly file?: string | undefined
  /** Counted from 1. */
  readonly line?: number | undefined
  /** Offset in the file as it is after decompression, from 0. */
  readonly byte?: number | undefined
}

/** An import that cannot be carried out. Thrown before anything is written, except where its code says otherwise. */
export class ImportError extends Error {
  override readonly name: string = 'ImportError'
  constructor(
    readonly code: ImportErrorCode,
    /** What is wrong, without the place. */
    readonly reason: string,
    readonly place: ErrorPlace = {},
    /** What would be right, where that can be said. */
    readonly whatWouldBeRight?: string,
  ) {
    const at = [
      place.file,
      place.line === undefined ? undefined : `line ${place.line}`,
      place.byte === undefined ? undefined : `byte ${place.byte}`,
    ].filter((part) => part !== undefined)
    super(`${at.length ? `${at.join(', ')}: ` : ''}${reason}${whatWouldBeRight ? ` (${whatWouldBeRight})` : ''}`)
  }
}

export interface MappingIssue {
  /** e.g. `files[0].lead.capturedAt` */
  readonly path: string
  readonly line?: number | undefined
  readonly message: string
}

/** A mapping file that cannot be followed, with everything that is wrong with it. */
export class MappingError extends ImportError {
  override readonly name = 'MappingError'
  constructor(
    file: string | undefined,
    readonly issues: readonly MappingIssue[],
  ) {
    const lines = issues.map(({ path, line, message }) => {
      const where = [line === undefined ? '' : `line ${line}`, path].filter((part) => part !== '').join(', ')
      return where ? `${where}: ${message}` : message
    })
    super('mapping-invalid', lines.join('; '), { file })
  }
}
