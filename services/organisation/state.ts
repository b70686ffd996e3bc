import type { Dated, EventOf, Instant, JobPosition, LocalDate, OrganisationEvent, RepHired } from '@headwater/schema'
import type { z } from 'zod'
import type { History } from './history.ts'
import { PersistentMap } from './persistent-map.ts'

export interface Region {
  readonly name: string
  readonly openedAt: Instant
}

interface StoreFacts {
  readonly name: string
  readonly openedAt: Instant
  /** Regions by id. */
  readonly regions: History<string>
}
export type Store = StoreFacts &
  ({ readonly status: 'open' } | { readonly status: 'closed'; readonly closedAt: Instant })

interface RepFacts {
  readonly subject: string
  readonly name: EventOf<[typeof RepHired]>['data']['name']
  readonly hiredAt: Instant
  /** Stores by id; null: a region, or headquarters. */
  readonly placements: History<string | null>
  readonly positions: History<z.infer<typeof JobPosition>>
  /** Reps by id; null: the top of the reporting line. */
  readonly superiors: History<string | null>
  /** By certificate. */
  readonly certificates: Readonly<Record<string, { readonly from: LocalDate; readonly until: LocalDate | null }>>
}
export type Rep = RepFacts & ({ readonly status: 'employed' } | { readonly status: 'left'; readonly leftAt: Instant })

/** The whole organisation, with everything that ever was: any date can be asked for. */
export interface OrganisationState {
  readonly regions: PersistentMap<string, Region>
  readonly stores: PersistentMap<string, Store>
  readonly reps: PersistentMap<string, Rep>
}

export const initialState: OrganisationState = {
  regions: PersistentMap.empty(),
  stores: PersistentMap.empty(),
  reps: PersistentMap.empty(),
}

export function evolve(state: OrganisationState, event: Dated<OrganisationEvent>): OrganisationState {
  const since = event.occurredAt
  const store = (id: string, change: (store: Store) => Store) => ({
    ...state,
    stores: changed(state.stores, id, change),
  })
  const rep = (id: string, change: (rep: Rep) => Rep) => ({ ...state, reps: changed(state.reps, id, change) })
  switch (event.type) {
    case 'RegionOpened':
      return {
        ...state,
        regions: state.regions.with(event.data.regionId, { name: event.data.name, openedAt: since }),
      }
    case 'StoreOpened': {
      const { storeId, regionId, name } = event.data
      const opened: Store = { status: 'open', name, openedAt: since, regions: [{ since, value: regionId }] }
      return { ...state, stores: state.stores.with(storeId, opened) }
    }
    case 'StoreMoved':
      return store(event.data.storeId, (s) => ({
        ...s,
        regions: [...s.regions, { since, value: event.data.toRegionId }],
      }))
    case 'StoreClosed':
      return store(event.data.storeId, (s) => ({ ...s, status: 'closed', closedAt: since }))
    case 'RepHired': {
      const { repId, subject, name, position, storeId, superiorId } = event.data
      const hired: Rep = {
        status: 'employed',
        subject,
        name,
        hiredAt: since,
        placements: [{ since, value: storeId }],
        positions: [{ since, value: position }],
        superiors: [{ since, value: superiorId }],
        certificates: {},
      }
      return { ...state, reps: state.reps.with(repId, hired) }
    }
    case 'RepMoved':
      return rep(event.data.repId, (r) => ({
        ...r,
        placements: [...r.placements, { since, value: event.data.toStoreId }],
      }))
    case 'RepPromoted':
      return rep(event.data.repId, (r) => ({ ...r, positions: [...r.positions, { since, value: event.data.to }] }))
    case 'SuperiorChanged':
      return rep(event.data.repId, (r) => ({
        ...r,
        superiors: [...r.superiors, { since, value: event.data.toSuperiorId }],
      }))
    case 'RepLeft':
      return rep(event.data.repId, (r) => ({ ...r, status: 'left', leftAt: since }))
    case 'RepCertified': {
      const { repId, certificate, from, until } = event.data
      return rep(repId, (r) => ({ ...r, certificates: { ...r.certificates, [certificate]: { from, until } } }))
    }
  }
}

function changed<T extends object>(
  map: PersistentMap<string, T>,
  id: string,
  change: (value: T) => T,
): PersistentMap<string, T> {
  const value = map.get(id)
  if (value === undefined) throw new Error(`organisation stream: ${id} changes before it exists`)
  return map.with(id, change(value))
}
