import { type StoredEvent, streamId } from '@headwater/schema'
import type { Document, ReadModel } from '../engine/read-model.ts'
import { factOf } from '../fact.ts'
import {
  organisations,
  type RegionRow,
  type RepFactRow,
  type RepPeriodRow,
  regions,
  repFacts,
  repPeriods,
  reps,
  type StoreRegionRow,
  storeRegions,
  stores,
} from './tables.ts'

const parts = { regions, stores, storeRegions, reps, repPeriods, repFacts }
type Organisation = Document<typeof organisations, typeof parts>

/** The organisation as it is, and who and what was where in business time. One document, as it is one stream. */
export const organisationModel: ReadModel<typeof organisations, typeof parts> = {
  name: 'organisation',
  version: 2,
  root: organisations,
  parts,
  streams: ['organisation-'],
  key: (event) => streamId(event.stream),
  evolve(organisation, event) {
    const organisationId = streamId(event.stream)
    const root = { organisationId, revision: event.revision }
    const before = organisation ?? {
      root,
      regions: [],
      stores: [],
      storeRegions: [],
      reps: [],
      repPeriods: [],
      repFacts: [],
    }
    return { ...apply(before, event), root }
  },
}

function apply(organisation: Organisation, event: StoredEvent): Organisation {
  const { organisationId } = organisation.root
  const at = event.meta.occurredAt
  switch (event.type) {
    case 'RegionOpened': {
      const { regionId, name } = event.data
      const region: RegionRow = { organisationId, regionId, name, openedAt: at }
      return { ...organisation, regions: [...organisation.regions, region] }
    }
    case 'StoreOpened': {
      const { storeId, regionId, name } = event.data
      const store = { organisationId, storeId, name, regionId, openedAt: at, closedAt: null }
      const period = { organisationId, storeId, periodNo: 0, regionId, fromAt: at, toAt: null }
      return {
        ...organisation,
        stores: [...organisation.stores, store],
        storeRegions: [...organisation.storeRegions, period],
      }
    }
    case 'StoreMoved': {
      const { storeId, toRegionId: regionId } = event.data
      return {
        ...organisation,
        stores: changed(organisation.stores, (store) => store.storeId === storeId, { regionId }),
        storeRegions: next<StoreRegionRow>(organisation.storeRegions, (p) => p.storeId === storeId, { regionId }, at),
      }
    }
    case 'StoreClosed': {
      const { storeId } = event.data
      const stores = changed(organisation.stores, (store) => store.storeId === storeId, { closedAt: at })
      return { ...organisation, stores }
    }
    case 'RepHired': {
      const { repId, subject, name, position, storeId, superiorId } = event.data
      const rep = { organisationId, repId, person: { subject, name }, position, storeId, superiorId }
      const period = { organisationId, repId, periodNo: 0, position, storeId, superiorId, fromAt: at, toAt: null }
      return {
        ...organisation,
        reps: [...organisation.reps, { ...rep, hiredAt: at, leftAt: null }],
        repPeriods: [...organisation.repPeriods, period],
        repFacts: known(organisation, event, { repId, kind: 'store', storeId }),
      }
    }
    case 'RepMoved': {
      const { repId, toStoreId: storeId } = event.data
      return {
        ...reposted(organisation, repId, { storeId }, at),
        repFacts: known(organisation, event, { repId, kind: 'store', storeId }),
      }
    }
    case 'RepPromoted':
      return reposted(organisation, event.data.repId, { position: event.data.to }, at)
    case 'SuperiorChanged':
      return reposted(organisation, event.data.repId, { superiorId: event.data.toSuperiorId }, at)
    case 'RepLeft': {
      const { repId } = event.data
      return {
        ...organisation,
        reps: changed(organisation.reps, (rep) => rep.repId === repId, { leftAt: at }),
        repPeriods: changed(organisation.repPeriods, (p) => p.repId === repId && p.toAt === null, { toAt: at }),
        repFacts: known(organisation, event, { repId, kind: 'left' }),
      }
    }
    case 'RepCertified': {
      const { repId, certificate, from: certifiedFrom, until: certifiedUntil } = event.data
      const fact = { repId, kind: 'certificate', certificate, certifiedFrom, certifiedUntil } as const
      return { ...organisation, repFacts: known(organisation, event, fact) }
    }
    default:
      return organisation
  }
}

/** What is known of reps, and this. */
function known(
  { root: { organisationId }, repFacts }: Organisation,
  event: StoredEvent,
  fact: Pick<RepFactRow, 'repId' | 'kind'> & Partial<RepFactRow>,
): RepFactRow[] {
  const none = { storeId: null, certificate: null, certifiedFrom: null, certifiedUntil: null }
  return [...repFacts, { organisationId, factNo: repFacts.length, ...none, ...fact, ...factOf(event) }]
}

type Posting = Partial<Pick<RepPeriodRow, 'storeId' | 'position' | 'superiorId'>>

function reposted(organisation: Organisation, repId: string, posting: Posting, at: string): Organisation {
  return {
    ...organisation,
    reps: changed(organisation.reps, (rep) => rep.repId === repId, posting),
    repPeriods: next<RepPeriodRow>(organisation.repPeriods, (period) => period.repId === repId, posting, at),
  }
}

/** Rows with a change to those that match; the others stay the same objects. */
function changed<T>(rows: readonly T[], matches: (row: T) => boolean, change: Partial<NoInfer<T>>): T[] {
  return rows.map((row) => (matches(row) ? { ...row, ...change } : row))
}

interface Period {
  readonly periodNo: number
  readonly fromAt: string
  readonly toAt: string | null
}

/** Ends the open period and begins the next one, like it but for the change. */
function next<T extends Period>(
  periods: readonly T[],
  matches: (p: T) => boolean,
  change: Partial<T>,
  at: string,
): T[] {
  const current = periods.find((period) => matches(period) && period.toAt === null)
  if (!current) throw new Error('a change of who or what has no open period')
  const ended = periods.map((period) => (period === current ? { ...period, toAt: at } : period))
  return [...ended, { ...current, ...change, periodNo: current.periodNo + 1, fromAt: at, toAt: null }]
}
