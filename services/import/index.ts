// Files of other systems become events with their own business time.
export { ImportError, type ImportErrorCode, MappingError, type MappingIssue } from './errors.ts'
export { parseMapping, readMapping, shippedMappings } from './mapping/read.ts'
export { type Mapping, mappingJsonSchema } from './mapping/schema.ts'
export { inspectFile, type SourceFile } from './readers/bytes.ts'
export { openTable } from './readers/table.ts'
export { importFiles } from './run/import-files.ts'
export type { ImportOptions, ImportProgress } from './run/options.ts'
export type { BadRow, FlaggedRow, ImportReport } from './run/report.ts'
