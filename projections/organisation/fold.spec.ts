import { expect, test } from 'vitest'
import { fold } from '../testing/fold.ts'
import { organisationModel } from './fold.ts'

const on = (month: string) => `2026-${month}-01T00:00:00.000Z`

test('who and what was where on any date stays known', () => {
  const { stores, storeRegions, reps, repPeriods, root } = fold(
    organisationModel,
    'organisation-main',
    undefined,
    [on('01'), { type: 'RegionOpened', data: { regionId: 'north', name: 'North' } }],
    [on('01'), { type: 'RegionOpened', data: { regionId: 'south', name: 'South' } }],
    [on('01'), { type: 'StoreOpened', data: { storeId: 's1', regionId: 'north', name: 'S1' } }],
    [
      on('02'),
      {
        type: 'RepHired',
        data: {
          repId: 'r1',
          subject: 'r1',
          name: { forgotten: true },
          position: 'rep',
          storeId: 's1',
          superiorId: null,
        },
      },
    ],
    [on('03'), { type: 'StoreMoved', data: { storeId: 's1', fromRegionId: 'north', toRegionId: 'south' } }],
    [on('04'), { type: 'RepPromoted', data: { repId: 'r1', from: 'rep', to: 'store-manager' } }],
    [on('05'), { type: 'RepMoved', data: { repId: 'r1', fromStoreId: 's1', toStoreId: null } }],
    [on('06'), { type: 'RepLeft', data: { repId: 'r1' } }],
    [on('07'), { type: 'StoreClosed', data: { storeId: 's1' } }],
  )
  expect(root.revision).toBe(8)
  expect(stores).toMatchObject([{ storeId: 's1', regionId: 'south', closedAt: on('07') }])
  expect(storeRegions).toMatchObject([
    { regionId: 'north', fromAt: on('01'), toAt: on('03') },
    { regionId: 'south', fromAt: on('03'), toAt: null },
  ])
  expect(reps).toMatchObject([{ position: 'store-manager', storeId: null, leftAt: on('06') }])
  expect(repPeriods).toMatchObject([
    { position: 'rep', storeId: 's1', fromAt: on('02'), toAt: on('04') },
    { position: 'store-manager', storeId: 's1', fromAt: on('04'), toAt: on('05') },
    { position: 'store-manager', storeId: null, fromAt: on('05'), toAt: on('06') },
  ])
})
