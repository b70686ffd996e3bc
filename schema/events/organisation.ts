import { z } from 'zod'
import { Id } from '../ids.ts'
import { personal } from '../personal/index.ts'
import { LocalDate } from '../time/index.ts'
import { defineEvent, type EventOf } from './define.ts'

const Name = z.string().min(1).max(200)

/** What somebody does in the organisation. */
export const JobPosition = z.enum(['rep', 'store-manager', 'regional-manager', 'headquarters'])

export const RegionOpened = defineEvent('RegionOpened', [z.object({ regionId: Id, name: Name })])
export const StoreOpened = defineEvent('StoreOpened', [z.object({ storeId: Id, regionId: Id, name: Name })])
export const StoreMoved = defineEvent('StoreMoved', [z.object({ storeId: Id, fromRegionId: Id, toRegionId: Id })])
export const StoreClosed = defineEvent('StoreClosed', [z.object({ storeId: Id })])
/** `storeId` is null for who belongs to a region or to headquarters; `superiorId` is null at the top of the reporting line. */
export const RepHired = defineEvent('RepHired', [
  z.object({
    repId: Id,
    subject: Id,
    name: personal(Name),
    position: JobPosition,
    storeId: Id.nullable(),
    superiorId: Id.nullable(),
  }),
])
export const RepMoved = defineEvent('RepMoved', [
  z.object({ repId: Id, fromStoreId: Id.nullable(), toStoreId: Id.nullable() }),
])
export const RepPromoted = defineEvent('RepPromoted', [z.object({ repId: Id, from: JobPosition, to: JobPosition })])
export const SuperiorChanged = defineEvent('SuperiorChanged', [
  z.object({ repId: Id, fromSuperiorId: Id.nullable(), toSuperiorId: Id.nullable() }),
])
export const RepLeft = defineEvent('RepLeft', [z.object({ repId: Id })])
/** Holds a certificate from the first day on, up to and with the last; null: until it is ended. Said again, it replaces what was said before. */
export const RepCertified = defineEvent('RepCertified', [
  z.object({ repId: Id, certificate: Id, from: LocalDate, until: LocalDate.nullable() }),
])

export const organisationEvents = [
  RegionOpened,
  StoreOpened,
  StoreMoved,
  StoreClosed,
  RepHired,
  RepMoved,
  RepPromoted,
  SuperiorChanged,
  RepLeft,
  RepCertified,
] as const
export type OrganisationEvent = EventOf<typeof organisationEvents>
