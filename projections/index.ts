import { attributionRunsModel } from './attribution-runs/fold.ts'
import { coachingModel } from './coaching/fold.ts'
import { commissionPlansModel } from './commission-plans/fold.ts'
import { contractsModel } from './contracts/fold.ts'
import { customersModel } from './customers/fold.ts'
import { dealsModel } from './deals/fold.ts'
import type { ReadModel } from './engine/read-model.ts'
import { journeysModel } from './journeys/fold.ts'
import { leadsModel } from './leads/fold.ts'
import { ledgerModel } from './ledger/fold.ts'
import { organisationModel } from './organisation/fold.ts'
import { playbooksModel } from './playbooks/fold.ts'

export * from './attribution-runs/queries.ts'
export type * from './attribution-runs/tables.ts'
export * from './coaching/queries.ts'
export type * from './coaching/tables.ts'
export * as book from './commission/book/index.ts'
export * from './commission/errors.ts'
export * from './commission/queries.ts'
export * from './commission/read-facts.ts'
export * from './commission-plans/queries.ts'
export type * from './commission-plans/tables.ts'
export * from './conformance/queries.ts'
export * from './contracts/queries.ts'
export type * from './contracts/tables.ts'
export * from './customers/queries.ts'
export type * from './customers/tables.ts'
export * from './deals/queries.ts'
export type * from './deals/tables.ts'
export { catchUp } from './engine/catch-up.ts'
export { type Checkpoint, type Failure, readCheckpoints } from './engine/checkpoints.ts'
export {
  type DiffOptions,
  diffReplays,
  NotComparable,
  type RowDifference,
  type TableDifference,
  type TextRow,
} from './engine/diff.ts'
export { dumpTables } from './engine/dump.ts'
export { ReadModelBehind, type WaitOptions, waitFor } from './engine/freshness.ts'
export { type Lag, lag } from './engine/lag.ts'
export {
  InvalidModel,
  type OwnColumn,
  type OwnTable,
  ownModel,
  type RowOf,
  refuseReservedNames,
} from './engine/own-model.ts'
export { PoisonEvent } from './engine/poison-event.ts'
export type { Sources } from './engine/projection.ts'
export { type Projector, type ProjectorOptions, startProjector } from './engine/projector.ts'
export type * from './engine/read-model.ts'
export { type RebuildOptions, rebuild, rebuildAll } from './engine/rebuild.ts'
export {
  cancelReplay,
  dropReplay,
  listReplays,
  PositionBeyondHead,
  type ReplayOptions,
  replay,
} from './engine/replay.ts'
export {
  InvalidReplayName,
  NoSuchReplay,
  type Replay,
  ReplayNameTaken,
  type ReplayTable,
  schemaOf,
} from './engine/replays.ts'
export type { Progress } from './engine/run.ts'
export { ModelSuperseded, prepareTables } from './engine/setup.ts'
export { type RowKey, type Snapshot, type TablePage, withSnapshot } from './engine/snapshot.ts'
export { tablesOf } from './engine/storage.ts'
export { type Column, snake, type Table } from './engine/table.ts'
export type { ActedFact, Fact } from './fact.ts'
export { type FunnelColumns, FunnelColumnsGivenUp, openFunnelColumns } from './funnel/columns/client.ts'
export { serveFunnelColumns } from './funnel/columns/serve.ts'
export { UnknownPlaybook } from './funnel/context.ts'
export { dealsBehind, funnel } from './funnel/funnel.ts'
export * from './funnel/query.ts'
export * from './journeys/queries.ts'
export type * from './journeys/tables.ts'
export { duplicateLookup } from './leads/lookup.ts'
export * from './leads/queries.ts'
export type * from './leads/tables.ts'
export * from './ledger/queries.ts'
export type * from './ledger/tables.ts'
export * from './organisation/queries.ts'
export type * from './organisation/tables.ts'
export * from './page.ts'
export * from './personal.ts'
export * from './playbooks/queries.ts'
export type * from './playbooks/tables.ts'
export type * from './viewer.ts'
export {
  attributionRunsModel,
  coachingModel,
  commissionPlansModel,
  contractsModel,
  customersModel,
  dealsModel,
  journeysModel,
  leadsModel,
  ledgerModel,
  organisationModel,
  playbooksModel,
}

/** Every read model. */
export const readModels: readonly ReadModel[] = [
  organisationModel,
  playbooksModel,
  leadsModel,
  customersModel,
  dealsModel,
  contractsModel,
  commissionPlansModel,
  ledgerModel,
  coachingModel,
  journeysModel,
  attributionRunsModel,
]
