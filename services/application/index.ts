export {
  type Anomalies,
  type AnomalyPorts,
  type AnomalyQuestion,
  type AnomalyReport,
  type CaseOpened,
  type FoundAnomaly,
  openAnomalies,
  type StepQuestion,
} from './anomalies/anomalies.ts'
export * from './application.ts'
export {
  type Attribution,
  type AttributionAnswer,
  type AttributionPorts,
  type AttributionQuestion,
  type KnownAt,
  NothingRecorded,
  openAttribution,
  type Reproduced,
  UnknownRun,
} from './attribution/attribution.ts'
export {
  type Closing,
  type ClosingAnswer,
  type ClosingPorts,
  type LinesContent,
  openClosing,
} from './closing/closing.ts'
export { closedMonths, type Month, readMonth } from './closing/months.ts'
export {
  type ConformanceChecks,
  type ConformancePorts,
  type ConformanceQuestion,
  type ConformanceReport,
  openConformance,
} from './conformance/conformance.ts'
export type { ConvertLeadAnswer, LeadConversion } from './convert-lead.ts'
export type { MergeLeadsAnswer } from './merge-leads.ts'
export type { DealMigration, MigratedDeal } from './migrate-deals.ts'
export type { KeptAnswer } from './offline/device.ts'
export type { OfflineAnswer, OfflineItem } from './offline/submit.ts'
export { aggregates, type LeadLookup, onlyOnes } from './registry.ts'
export type { StepRefused } from './step.ts'
export type { Target } from './target.ts'
