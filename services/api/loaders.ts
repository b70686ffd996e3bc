// One look-up per kind for everything that a request asks of it: no list costs a query per item.
import type { Database } from '@headwater/infra/database'
import type { KeyVault } from '@headwater/infra/ports'
import {
  blocksOfDeals,
  type CoachingCaseRow,
  type CommissionPlanRow,
  type ContractRow,
  type CustomerRow,
  coachingCasesByIds,
  contractsByIds,
  customersByIds,
  type DealRow,
  dealsByIds,
  type LeadRow,
  leadsByIds,
  listCommissionPlans,
  listPeriods,
  listPlaybooks,
  listRegions,
  listReps,
  listStores,
  openContacts,
  openPersons,
  type PeriodRow,
  paymentsOfContracts,
  type RepRow,
  repsByIds,
  type SealedContact,
  type SealedPerson,
  type StoreRow,
  storesByIds,
  type Viewer,
  versionsOfCommissionPlans,
  versionsOfPlaybook,
  visitsOfDeals,
} from '@headwater/projections'
import DataLoader from 'dataloader'

export type Loaders = ReturnType<typeof createLoaders>

/** The loaders of one request; they remember what they loaded. */
export function createLoaders(db: Database, vault: KeyVault, viewer: Viewer) {
  const byId = <Row>(
    load: (db: Database, viewer: Viewer, ids: readonly string[]) => Promise<Row[]>,
    id: (row: Row) => string,
  ) =>
    new DataLoader<string, Row | undefined>(async (ids) => {
      const found = new Map((await load(db, viewer, ids)).map((row) => [id(row), row]))
      return ids.map((key) => found.get(key))
    })
  const listsById = <Row>(
    load: (db: Database, viewer: Viewer, ids: readonly string[]) => Promise<Row[]>,
    id: (row: Row) => string | null,
  ) =>
    new DataLoader<string, readonly Row[]>(async (ids) => {
      const found = new Map(ids.map((key) => [key, [] as Row[]]))
      for (const row of await load(db, viewer, ids)) found.get(id(row) ?? '')?.push(row)
      return ids.map((key) => found.get(key)!)
    })

  return {
    regions: byId(listRegions, (row) => row.regionId),
    stores: byId<StoreRow>(storesByIds, (row) => row.storeId),
    reps: byId<RepRow>(repsByIds, (row) => row.repId),
    leads: byId<LeadRow>(leadsByIds, (row) => row.leadId),
    customers: byId<CustomerRow>(customersByIds, (row) => row.customerId),
    deals: byId<DealRow>(dealsByIds, (row) => row.dealId),
    visits: listsById(visitsOfDeals, (row) => row.dealId),
    blocks: listsById(blocksOfDeals, (row) => row.dealId),
    contracts: byId<ContractRow>(contractsByIds, (row) => row.contractId),
    payments: listsById(paymentsOfContracts, (row) => row.contractId),
    commissionPlans: byId<CommissionPlanRow>(listCommissionPlans, (row) => row.planId),
    /** Newest first, by plan. */
    commissionPlanVersions: listsById(versionsOfCommissionPlans, (row) => row.planId),
    coachingCases: byId<CoachingCaseRow>(coachingCasesByIds, (row) => row.coachingCaseId),
    periods: byId<PeriodRow>(listPeriods, (row) => row.period),
    playbooks: byId(listPlaybooks, (row) => row.playbookId),
    // There are few of these: all of them are read at once.
    storesByRegion: listsById(
      () => listStores(db, viewer),
      (row) => row.regionId,
    ),
    repsByStore: listsById(
      () => listReps(db, viewer),
      (row) => row.storeId,
    ),
    repsBySuperior: listsById(
      () => listReps(db, viewer),
      (row) => row.superiorId,
    ),
    /** Newest first, by playbook. */
    playbookVersions: new DataLoader((ids: readonly string[]) =>
      Promise.all(ids.map((id) => versionsOfPlaybook(db, viewer, id))),
    ),
    contacts: new DataLoader((sealed: readonly SealedContact[]) => openContacts(vault, sealed)),
    persons: new DataLoader((sealed: readonly SealedPerson[]) => openPersons(vault, sealed)),
  }
}
