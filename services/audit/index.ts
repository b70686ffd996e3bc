export { canonical, NotCanonical } from './canonical.ts'
export { toCsv } from './export/csv.ts'
export type { Cell, Table } from './export/table.ts'
export { sealTable, toXlsx } from './export/xlsx.ts'
export { type LeafProof, NotAsSealed, proveLeaf } from './leaves.ts'
export { type LogRoot, logRoot, recordLog } from './log/record.ts'
export { storedEventsOf } from './log/stored.ts'
export * from './merkle/index.ts'
export {
  type ClosedPeriod,
  checkSeals,
  differences,
  type SealContent,
  type SealFinding,
  sealPeriod,
} from './seal.ts'
export { standaloneVerifier } from './standalone.ts'
export { describeFinding, type Finding, type LogFinding, type Report } from './verify/report.ts'
export { verify } from './verify/verify.ts'
