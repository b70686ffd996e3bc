import type { JobPosition } from '@headwater/schema'
import type { z } from 'zod'
import { instant, integer, json, nullable, personalColumn, type Row, table, text } from '../engine/table.ts'
import { factColumns } from '../fact.ts'
import { openPersons, type SealedPerson } from '../personal.ts'

export const organisations = table('organisations', { organisationId: text(), revision: integer }, ['organisationId'])

export const regions = table('regions', { organisationId: text(), regionId: text(), name: text(), openedAt: instant }, [
  'organisationId',
  'regionId',
])

export const stores = table(
  'stores',
  {
    organisationId: text(),
    storeId: text(),
    name: text(),
    /** As it is now. */
    regionId: text(),
    openedAt: instant,
    closedAt: nullable(instant),
  },
  ['organisationId', 'storeId'],
)

/** Which region a store belonged to, in business time: from `fromAt` up to `toAt`, exclusive. */
export const storeRegions = table(
  'store_regions',
  {
    organisationId: text(),
    storeId: text(),
    periodNo: integer,
    regionId: text(),
    fromAt: instant,
    toAt: nullable(instant),
  },
  ['organisationId', 'storeId', 'periodNo'],
  ['store_id'],
)

type Position = z.infer<typeof JobPosition>
const job = { position: text<Position>(), storeId: nullable(text()), superiorId: nullable(text()) }

export const reps = table(
  'reps',
  {
    organisationId: text(),
    repId: text(),
    person: personalColumn(json<SealedPerson>(), openPersons),
    /** As it is now. */
    ...job,
    hiredAt: instant,
    leftAt: nullable(instant),
  },
  ['organisationId', 'repId'],
)

/** What a rep was, where and under whom, in business time: from `fromAt` up to `toAt`, exclusive. */
export const repPeriods = table(
  'rep_periods',
  { organisationId: text(), repId: text(), periodNo: integer, ...job, fromAt: instant, toAt: nullable(instant) },
  ['organisationId', 'repId', 'periodNo'],
)

/** What was recorded of a rep, in the order of the log. */
export const repFacts = table(
  'rep_facts',
  {
    organisationId: text(),
    factNo: integer,
    repId: text(),
    kind: text<'store' | 'left' | 'certificate'>(),
    /** Of a fact of the kind `store`: where the rep is from then on. */
    storeId: nullable(text()),
    certificate: nullable(text()),
    /** First and last day of the certificate; null: until further notice. */
    certifiedFrom: nullable(text()),
    certifiedUntil: nullable(text()),
    ...factColumns,
  },
  ['organisationId', 'factNo'],
  ['rep_id'],
)

export type RegionRow = Row<typeof regions>
export type StoreRow = Row<typeof stores>
export type StoreRegionRow = Row<typeof storeRegions>
export type RepRow = Row<typeof reps>
export type RepPeriodRow = Row<typeof repPeriods>
export type RepFactRow = Row<typeof repFacts>
