export * from './anomalies/index.ts'
export type { Credits, Journeys } from './attribution/journeys.ts'
export { type Transition, transitions } from './attribution/markov.ts'
export { creditsOf, ModelName, ModelSettings, modelNames } from './attribution/models.ts'
export { type PathTableRow, pathTable } from './attribution/path-table.ts'
export { type AttributionPicture, attributionPicture, type PictureLanguage } from './attribution/picture.ts'
export { shared } from './attribution/shared.ts'
export { type CreditedJourney, creditedJourneys } from './attribution-run/credited.ts'
export * from './attribution-run/index.ts'
export {
  type AttributionResult,
  type AttributionRow,
  attribute,
  type ModelCredit,
  type PathCount,
} from './attribution-run/result.ts'
export * from './coaching/case/index.ts'
export * from './coaching/policy/index.ts'
export * from './conformance/index.ts'
export { columnsOf, keyOf, NOT_STATED } from './journeys/columns.ts'
export type * from './journeys/facts.ts'
export * from './journeys/journeys.ts'
export { type Stitched, stitch } from './journeys/stitch.ts'
