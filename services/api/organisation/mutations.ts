import { organisation } from '@headwater/organisation'
import { type InputFields, idOf } from '../shared/input.ts'
import { type CommandSpec, defineCommand } from '../shared/mutation.ts'
import { RegionRef, RepRef, StoreRef } from '../shared/refs.ts'
import { entityResult } from '../shared/result.ts'
import { JobPositionEnum } from './types.ts'

const RegionResult = entityResult(RegionRef, 'region', ({ loaders }, key) => loaders.regions.load(key))
const StoreResult = entityResult(StoreRef, 'store', ({ loaders }, key) => loaders.stores.load(key))
const RepResult = entityResult(RepRef, 'rep', ({ loaders }, key) => loaders.reps.load(key))

const onRegion = { aggregate: organisation, target: 'regionId', result: RegionResult } as const
const onStore = { aggregate: organisation, target: 'storeId', result: StoreResult } as const
const onRep = { aggregate: organisation, target: 'repId', result: RepResult } as const

const made = 'Its id from now on; made from the command id where it is left out.'
const store = (t: InputFields) => ({ storeId: idOf(t, 'Store', 'The store.', { required: true }) })
const rep = (t: InputFields) => ({ repId: idOf(t, 'Rep', 'The person.', { required: true }) })
const name = (t: InputFields) => ({
  name: t.string({ required: true, description: 'What to call it, or the person.' }),
})

const commands: Readonly<Record<string, CommandSpec>> = {
  openRegion: {
    ...onRegion,
    command: 'OpenRegion',
    description: 'Opens a region.',
    fields: (t) => ({ regionId: idOf(t, 'Region', made), ...name(t) }),
  },
  openStore: {
    ...onStore,
    command: 'OpenStore',
    description: 'Opens a store in a region.',
    fields: (t) => ({
      storeId: idOf(t, 'Store', made),
      regionId: idOf(t, 'Region', 'The region it belongs to.', { required: true }),
      ...name(t),
    }),
  },
  moveStore: {
    ...onStore,
    command: 'MoveStore',
    description: 'Moves a store to another region.',
    fields: (t) => ({ ...store(t), toRegionId: idOf(t, 'Region', 'The region it moves to.', { required: true }) }),
  },
  closeStore: { ...onStore, command: 'CloseStore', description: 'Closes a store for good.', fields: store },
  hireRep: {
    ...onRep,
    command: 'HireRep',
    description: 'Takes somebody into the organisation.',
    fields: (t) => ({
      repId: idOf(t, 'Rep', made),
      ...name(t),
      position: t.field({ type: JobPositionEnum, defaultValue: 'rep', description: 'What they will do.' }),
      storeId: idOf(t, 'Store', 'Where they will work; left out for who belongs to a region or to headquarters.'),
      superiorId: idOf(t, 'Rep', 'To whom they will report; left out for the top of the reporting line.'),
    }),
  },
  moveRep: {
    ...onRep,
    command: 'MoveRep',
    description: 'Moves somebody to another store.',
    fields: (t) => ({ ...rep(t), toStoreId: idOf(t, 'Store', 'The store; null or left out: no store any more.') }),
    data: ({ toStoreId = null, ...data }) => ({ ...data, toStoreId }),
  },
  promoteRep: {
    ...onRep,
    command: 'PromoteRep',
    description: 'Gives somebody another position.',
    fields: (t) => ({
      ...rep(t),
      to: t.field({ type: JobPositionEnum, required: true, description: 'The position.' }),
    }),
  },
  changeSuperior: {
    ...onRep,
    command: 'ChangeSuperior',
    description: 'Makes somebody report to another person.',
    fields: (t) => ({
      ...rep(t),
      toSuperiorId: idOf(t, 'Rep', 'To whom; null or left out: the top of the reporting line.'),
    }),
    data: ({ toSuperiorId = null, ...data }) => ({ ...data, toSuperiorId }),
  },
  certifyRep: {
    ...onRep,
    command: 'CertifyRep',
    description: 'Somebody holds a certificate. Sent again with other days, it replaces what was said before.',
    fields: (t) => ({
      ...rep(t),
      certificate: t.string({ required: true, description: 'The id of the certificate, as commission plans name it.' }),
      from: t.string({ required: true, description: 'The first day, such as 2026-05-01.' }),
      until: t.string({ description: 'The last day; null or left out: until further notice.' }),
    }),
  },
  repLeaves: { ...onRep, command: 'RepLeaves', description: 'Somebody leaves the organisation.', fields: rep },
}

for (const [mutation, spec] of Object.entries(commands)) defineCommand(mutation, spec)
