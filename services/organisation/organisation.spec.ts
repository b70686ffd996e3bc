import { deriveId, type OrganisationEvent } from '@headwater/schema'
import { type Past, spec } from '@headwater/schema/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  chainAt,
  organisation,
  placementAt,
  positionAt,
  reportsOf,
  subjectOfRep,
  superiorAt,
  teamOf,
  whoWasIn,
} from './index.ts'

const day = (d: number) => `2026-03-${String(d).padStart(2, '0')}T00:00:00.000Z`
const given = spec(organisation, { streamId: 'main', at: day(20) })

const east = { type: 'RegionOpened', data: { regionId: 'east', name: '华东' }, occurredAt: day(1) } as const
const south = { type: 'RegionOpened', data: { regionId: 'south', name: '华南' }, occurredAt: day(1) } as const
const store = (storeId: string, regionId = 'east') =>
  ({ type: 'StoreOpened', data: { storeId, regionId, name: storeId }, occurredAt: day(1) }) as const
const hired = (repId: string, superiorId: string | null = null, storeId: string | null = 's1') =>
  ({
    type: 'RepHired',
    data: { repId, subject: subjectOfRep(repId), name: repId, position: 'rep', storeId, superiorId },
    occurredAt: day(2),
  }) as const
const moved = (repId: string, fromStoreId: string, toStoreId: string, d: number) =>
  ({ type: 'RepMoved', data: { repId, fromStoreId, toStoreId }, occurredAt: day(d) }) as const
const superior = (repId: string, fromSuperiorId: string | null, toSuperiorId: string | null, d: number) =>
  ({ type: 'SuperiorChanged', data: { repId, fromSuperiorId, toSuperiorId }, occurredAt: day(d) }) as const
const open = [east, south, store('s1'), store('s2', 'south')] as const

describe('certificates', () => {
  const certify = (until: string | null) =>
    ({ type: 'CertifyRep', data: { repId: 'li', certificate: 'design', from: '2026-03-01', until } }) as const
  const certified = (until: string | null) => ({ ...certify(until), type: 'RepCertified' }) as const

  it('are held from a day on, until another is said', () => {
    const li = [...open, hired('li')]
    given(...li)
      .when(certify(null))
      .thenDecided(certified(null))
    given(...li, certified(null))
      .when(certify(null))
      .thenDecided()
    given(...li, certified(null))
      .when(certify('2026-06-30'))
      .thenDecided(certified('2026-06-30'))
  })

  it('are of reps that exist, and end after they begin', () => {
    given(...open)
      .when(certify(null))
      .thenRefused('unknown-rep')
    given(...open, hired('li'))
      .when(certify('2026-02-28'))
      .thenRefused('ends-before-it-begins')
  })
})

describe('opening and hiring', () => {
  it('opens regions and stores, and hires with a data subject that follows from the id', () => {
    given().when({ type: 'OpenRegion', data: east.data }).thenDecided({ type: 'RegionOpened', data: east.data })
    given(east)
      .when({ type: 'OpenStore', data: store('s1').data })
      .thenDecided({ type: 'StoreOpened', data: store('s1').data })
    given(...open)
      .when({ type: 'HireRep', data: { repId: 'li', name: '李雷', position: 'rep', storeId: 's1', superiorId: null } })
      .thenDecided({
        type: 'RepHired',
        data: {
          repId: 'li',
          name: '李雷',
          position: 'rep',
          storeId: 's1',
          superiorId: null,
          subject: deriveId('li', 'person'),
        },
      })
  })

  it('does nothing when it is so already, and refuses an id that is taken', () => {
    const all = given(...open, hired('li'))
    all.when({ type: 'OpenRegion', data: east.data }).thenDecided()
    all.when({ type: 'OpenRegion', data: { regionId: 'east', name: 'East' } }).thenRefused('region-exists')
    all.when({ type: 'OpenStore', data: store('s1').data }).thenDecided()
    all.when({ type: 'OpenStore', data: store('s1', 'south').data }).thenRefused('store-exists')
    const { subject: _, ...hire } = hired('li').data
    all.when({ type: 'HireRep', data: hire }).thenDecided()
    all.when({ type: 'HireRep', data: { ...hire, name: '韩梅梅' } }).thenRefused('rep-exists')
  })

  it('refuses what it does not know', () => {
    const hire = { repId: 'x', name: 'x', position: 'rep', storeId: null, superiorId: null } as const
    const all = given(...open, hired('li'))
    all.when({ type: 'OpenStore', data: store('s9', 'west').data }).thenRefused('unknown-region')
    all.when({ type: 'HireRep', data: { ...hire, storeId: 's9' } }).thenRefused('unknown-store')
    all.when({ type: 'HireRep', data: { ...hire, superiorId: 'nobody' } }).thenRefused('unknown-rep')
    all.when({ type: 'MoveRep', data: { repId: 'nobody', toStoreId: 's1' } }).thenRefused('unknown-rep')
    all.when({ type: 'MoveRep', data: { repId: 'li', toStoreId: 's9' } }).thenRefused('unknown-store')
    all.when({ type: 'ChangeSuperior', data: { repId: 'li', toSuperiorId: 'nobody' } }).thenRefused('unknown-rep')
    all.when({ type: 'MoveStore', data: { storeId: 's1', toRegionId: 'west' } }).thenRefused('unknown-region')
  })

  it('refuses a store in a region, or a person in a store, that opens later', () => {
    const early = { at: '2026-02-01T00:00:00.000Z' }
    given(...open)
      .when({ type: 'OpenStore', data: store('s3').data }, early)
      .thenRefused('before-opening')
    given(...open)
      .when({ type: 'HireRep', data: { ...hired('li').data, storeId: 's1' } }, early)
      .thenRefused('before-opening')
  })
})

describe('moves in time', () => {
  it('says where somebody was on any date, also when the store itself moved', () => {
    const { state } = given(
      ...open,
      hired('li'),
      moved('li', 's1', 's2', 10),
      {
        type: 'StoreMoved',
        data: { storeId: 's2', fromRegionId: 'south', toRegionId: 'east' },
        occurredAt: day(15),
      },
      { type: 'RepLeft', data: { repId: 'li' }, occurredAt: day(18) },
    )
    expect(placementAt(state, 'li', day(1))).toBeUndefined()
    expect(placementAt(state, 'li', day(2))).toEqual({ storeId: 's1', regionId: 'east' })
    expect(placementAt(state, 'li', day(9))).toEqual({ storeId: 's1', regionId: 'east' })
    expect(placementAt(state, 'li', day(10))).toEqual({ storeId: 's2', regionId: 'south' })
    expect(placementAt(state, 'li', day(15))).toEqual({ storeId: 's2', regionId: 'east' })
    expect(placementAt(state, 'li', day(18))).toBeUndefined()
    expect(placementAt(state, 'nobody', day(10))).toBeUndefined()
    expect(whoWasIn(state, 's1', day(9))).toEqual(['li'])
    expect(whoWasIn(state, 's1', day(10))).toEqual([])
  })

  it('knows somebody without a store', () => {
    expect(placementAt(given(...open, hired('boss', null, null)).state, 'boss', day(5))).toEqual({
      storeId: null,
      regionId: null,
    })
  })

  it('moves, promotes and does nothing where it is so already', () => {
    const all = given(...open, hired('li'))
    all.when({ type: 'MoveRep', data: { repId: 'li', toStoreId: 's1' } }).thenDecided()
    all
      .when({ type: 'MoveRep', data: { repId: 'li', toStoreId: 's2' } })
      .thenDecided({ type: 'RepMoved', data: { repId: 'li', fromStoreId: 's1', toStoreId: 's2' } })
    all.when({ type: 'PromoteRep', data: { repId: 'li', to: 'rep' } }).thenDecided()
    const promoted = all.when({ type: 'PromoteRep', data: { repId: 'li', to: 'store-manager' } })
    promoted.thenDecided({ type: 'RepPromoted', data: { repId: 'li', from: 'rep', to: 'store-manager' } })
    expect(positionAt(promoted.state, 'li', day(19))).toBe('rep')
    expect(positionAt(promoted.state, 'li', day(20))).toBe('store-manager')
    all.when({ type: 'MoveStore', data: { storeId: 's1', toRegionId: 'east' } }).thenDecided()
  })

  it('takes a move entered late, but none dated before the last one or before the hiring', () => {
    const all = given(...open, store('s3'), hired('li'), moved('li', 's1', 's2', 10))
    const move = { type: 'MoveRep', data: { repId: 'li', toStoreId: 's3' } } as const
    all
      .when(move, { at: day(12), now: day(20) })
      .thenDecided({ type: 'RepMoved', data: { repId: 'li', fromStoreId: 's2', toStoreId: 's3' } })
    all
      .when(move, { at: day(9) })
      .thenRefused('earlier-than-last-change', { details: { lastChange: day(10), occurredAt: day(9) } })
    all.when(move, { at: day(1) }).thenRefused('before-hire')
  })

  it('closes a store once it is empty', () => {
    const close = { type: 'CloseStore', data: { storeId: 's1' } } as const
    given(...open, hired('li'))
      .when(close)
      .thenRefused('store-not-empty', { details: { reps: ['li'] } })
    const emptied = given(...open, hired('li'), moved('li', 's1', 's2', 10))
    emptied.when(close, { at: day(5) }).thenRefused('store-not-empty')
    emptied.when(close).thenDecided({ type: 'StoreClosed', data: { storeId: 's1' } })
    const closed = given(...open, hired('li', null, 's2'), { type: 'StoreClosed', data: { storeId: 's1' } })
    closed.when(close).thenDecided()
    closed.when({ type: 'MoveRep', data: { repId: 'li', toStoreId: 's1' } }).thenRefused('store-closed')
  })
})

describe('the reporting line', () => {
  const line = [
    ...open,
    hired('boss'),
    hired('manager', 'boss'),
    hired('li', 'manager'),
    hired('han', 'manager'),
  ] as const

  it('is known for any date', () => {
    const { state } = given(...line, superior('li', 'manager', 'boss', 10))
    expect(superiorAt(state, 'li', day(9))).toBe('manager')
    expect(superiorAt(state, 'li', day(10))).toBe('boss')
    expect(superiorAt(state, 'boss', day(10))).toBeNull()
    expect(chainAt(state, 'li', day(9))).toEqual(['manager', 'boss'])
    expect(chainAt(state, 'li', day(10))).toEqual(['boss'])
    expect(reportsOf(state, 'manager', day(9))).toEqual(['li', 'han'])
    expect(reportsOf(state, 'manager', day(10))).toEqual(['han'])
    expect(teamOf(state, 'boss', day(9))).toEqual(['manager', 'li', 'han'])
  })

  it('has no circles, not even ones that a back-dated change would close later', () => {
    given(...line)
      .when({ type: 'ChangeSuperior', data: { repId: 'boss', toSuperiorId: 'li' } })
      .thenRefused('reporting-cycle', { details: { line: ['li', 'manager', 'boss'], at: day(20) } })
    given(...line)
      .when({ type: 'ChangeSuperior', data: { repId: 'li', toSuperiorId: 'li' } })
      .thenRefused('reporting-cycle')
    given(...open, hired('a'), hired('b'), superior('a', null, 'b', 10))
      .when({ type: 'ChangeSuperior', data: { repId: 'b', toSuperiorId: 'a' } }, { at: day(5), now: day(20) })
      .thenRefused('reporting-cycle', { details: { line: ['a', 'b'], at: day(10) } })
  })

  it('lets nobody leave to whom somebody reports', () => {
    given(...line)
      .when({ type: 'RepLeaves', data: { repId: 'manager' } })
      .thenRefused('has-reports', { details: { reports: ['li', 'han'] } })
    const gone = given(...line, { type: 'RepLeft', data: { repId: 'li' }, occurredAt: day(10) })
    gone.when({ type: 'RepLeaves', data: { repId: 'li' } }).thenDecided()
    gone.when({ type: 'MoveRep', data: { repId: 'li', toStoreId: 's2' } }).thenRefused('rep-left')
    gone
      .when({ type: 'ChangeSuperior', data: { repId: 'han', toSuperiorId: 'li' } }, { at: day(5) })
      .thenRefused('rep-left')
    gone.when({ type: 'RepLeaves', data: { repId: 'han' } }).thenDecided({ type: 'RepLeft', data: { repId: 'han' } })
  })

  it('never closes a circle, whatever is asked for in whatever order', () => {
    const reps = ['a', 'b', 'c', 'd']
    const wish = fc.record({
      repId: fc.constantFrom(...reps),
      toSuperiorId: fc.constantFrom(...reps, null),
      d: fc.integer({ min: 3, max: 20 }),
    })
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 20 }), (wishes) => {
        let events: Past<OrganisationEvent>[] = [...open, ...reps.map((id) => hired(id))]
        for (const { d, ...data } of wishes) {
          const { decision } = given(...events).when({ type: 'ChangeSuperior', data }, { at: day(d) })
          if ('refused' in decision) continue
          events = [...events, ...decision.map((e) => ({ ...e, occurredAt: day(d) }))]
        }
        const { state } = given(...events)
        for (let d = 2; d <= 20; d++)
          for (const rep of reps) expect(chainAt(state, rep, day(d)).length).toBeLessThan(reps.length)
      }),
    )
  })
})
