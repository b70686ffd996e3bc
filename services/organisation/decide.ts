import { type Decision, type DecisionContext, deriveId, type Instant, type OrganisationEvent } from '@headwater/schema'
import {
  cycle,
  refuse,
  regionProblem,
  repProblem,
  repsFrom,
  storeProblem,
  superiorProblem,
  tooEarly,
} from './checks.ts'
import type { OrganisationCommand } from './commands.ts'
import { type History, latest, valuesFrom } from './history.ts'
import type { OrganisationState, Rep } from './state.ts'

/** The data subject of a rep: follows from the rep's id, so that forgetting a rep needs no look-up. */
export const subjectOfRep = (repId: string): string => deriveId(repId, 'person')

/**
 * Facts may be entered late, with one rule: a change of a store's region, or of a rep's place, position or superior, may not be dated
 * before the last change of that same thing. So every history grows at its end and what was answered for a date stays true.
 */
export function decide(
  { type, data }: OrganisationCommand,
  state: OrganisationState,
  { occurredAt: at }: DecisionContext,
): Decision<OrganisationEvent> {
  switch (type) {
    case 'OpenRegion': {
      const known = state.regions.get(data.regionId)
      if (known?.name === data.name) return []
      if (known) return refuse('region-exists', `Region ${data.regionId} exists already, as "${known.name}".`)
      return [{ type: 'RegionOpened', data }]
    }
    case 'OpenStore': {
      const known = state.stores.get(data.storeId)
      if (known?.name === data.name && latest(known.regions)?.value === data.regionId) return []
      if (known) return refuse('store-exists', `Store ${data.storeId} exists already, as "${known.name}".`)
      return regionProblem(state, data.regionId, at) ?? [{ type: 'StoreOpened', data }]
    }
    case 'MoveStore': {
      const store = state.stores.get(data.storeId)
      const problem = storeProblem(store, data.storeId, at) ?? regionProblem(state, data.toRegionId, at)
      if (problem) return problem
      return change(store!.regions, data.toRegionId, at, `store ${data.storeId} moved`, (fromRegionId) => [
        { type: 'StoreMoved', data: { storeId: data.storeId, fromRegionId, toRegionId: data.toRegionId } },
      ])
    }
    case 'CloseStore': {
      const store = state.stores.get(data.storeId)
      if (store?.status === 'closed') return []
      const problem =
        storeProblem(store, data.storeId, at) ?? tooEarly(store!.regions, at, `store ${data.storeId} moved`)
      if (problem) return problem
      const reps = repsFrom(state, at, (rep) => valuesFrom(rep.placements, at).includes(data.storeId))
      if (reps.length > 0)
        return refuse('store-not-empty', `Move these out of store ${data.storeId} first: ${reps.join(', ')}.`, { reps })
      return [{ type: 'StoreClosed', data }]
    }
    case 'HireRep': {
      const known = state.reps.get(data.repId)
      if (known && isHiredAs(known, data)) return []
      if (known) return refuse('rep-exists', `Rep ${data.repId} exists already; a new person needs an id of their own.`)
      const { storeId, superiorId } = data
      return (
        (storeId === null ? undefined : storeProblem(state.stores.get(storeId), storeId, at)) ??
        (superiorId === null ? undefined : superiorProblem(state, superiorId, at)) ?? [
          { type: 'RepHired', data: { ...data, subject: subjectOfRep(data.repId) } },
        ]
      )
    }
    case 'MoveRep': {
      const { repId, toStoreId } = data
      const rep = state.reps.get(repId)
      const problem =
        repProblem(rep, repId, at) ??
        (toStoreId === null ? undefined : storeProblem(state.stores.get(toStoreId), toStoreId, at))
      if (problem) return problem
      return change(rep!.placements, toStoreId, at, `${repId} moved`, (fromStoreId) => [
        { type: 'RepMoved', data: { repId, fromStoreId, toStoreId } },
      ])
    }
    case 'PromoteRep': {
      const { repId, to } = data
      const rep = state.reps.get(repId)
      const problem = repProblem(rep, repId, at)
      if (problem) return problem
      return change(rep!.positions, to, at, `the position of ${repId} changed`, (from) => [
        { type: 'RepPromoted', data: { repId, from, to } },
      ])
    }
    case 'ChangeSuperior': {
      const { repId, toSuperiorId } = data
      const rep = state.reps.get(repId)
      const problem =
        repProblem(rep, repId, at) ??
        (toSuperiorId === null
          ? undefined
          : (superiorProblem(state, toSuperiorId, at) ?? cycle(state, repId, toSuperiorId, at)))
      if (problem) return problem
      return change(rep!.superiors, toSuperiorId, at, `the superior of ${repId} changed`, (fromSuperiorId) => [
        { type: 'SuperiorChanged', data: { repId, fromSuperiorId, toSuperiorId } },
      ])
    }
    case 'RepLeaves': {
      const { repId } = data
      const rep = state.reps.get(repId)
      if (rep?.status === 'left') return []
      const problem =
        repProblem(rep, repId, at) ??
        tooEarly(rep!.placements, at, `${repId} moved`) ??
        tooEarly(rep!.positions, at, `the position of ${repId} changed`) ??
        tooEarly(rep!.superiors, at, `the superior of ${repId} changed`)
      if (problem) return problem
      const reports = repsFrom(state, at, (other) => valuesFrom(other.superiors, at).includes(repId))
      if (reports.length > 0)
        return refuse('has-reports', `Give these another superior than ${repId} first: ${reports.join(', ')}.`, {
          reports,
        })
      return [{ type: 'RepLeft', data }]
    }
    case 'CertifyRep': {
      const { repId, certificate, from, until } = data
      const problem = repProblem(state.reps.get(repId), repId, at)
      if (problem) return problem
      if (until !== null && until < from)
        return refuse('ends-before-it-begins', `${certificate} would end on ${until}, before it begins on ${from}.`)
      const known = state.reps.get(repId)!.certificates[certificate]
      return known?.from === from && known.until === until ? [] : [{ type: 'RepCertified', data }]
    }
  }
}

type Hire = Extract<OrganisationCommand, { type: 'HireRep' }>['data']

const isHiredAs = (rep: Rep, { name, position, storeId, superiorId }: Hire) =>
  rep.name === name &&
  latest(rep.positions)?.value === position &&
  latest(rep.placements)?.value === storeId &&
  latest(rep.superiors)?.value === superiorId

/** A change at the end of a history: nothing where it holds already, refused where it comes before the last one. */
function change<T>(
  history: History<T>,
  to: T,
  at: Instant,
  what: string,
  events: (from: T) => readonly OrganisationEvent[],
): Decision<OrganisationEvent> {
  const last = latest(history)!
  if (last.value === to) return []
  return tooEarly(history, at, what) ?? events(last.value)
}
