import type { PlaybookVersionRow } from '@headwater/projections'
import type { Conditions, LocalText, PlaybookDefinition, Stage } from '@headwater/schema'
import { builder } from '../shared/builder.ts'
import { defineEnum } from '../shared/enum.ts'
import { PlaybookRef, PlaybookVersionRef } from '../shared/refs.ts'
import { LocalTextRef } from '../shared/values.ts'

type Named = { readonly id: string; readonly name: LocalText }

const NamedRef = builder.objectRef<Named>('NamedItem').implement({
  description: 'Something that a playbook names: a kind of evidence, a checklist item, a reason.',
  fields: (t) => ({
    id: t.exposeString('id', { description: 'Its id in the playbook.' }),
    name: t.field({ type: LocalTextRef, description: 'Its name for people.', resolve: ({ name }) => name }),
  }),
})

const FieldType = defineEnum('PlaybookFieldType', 'What values a field takes.', {
  text: 'Any text.',
  number: 'A number.',
  money: 'An exact amount of money.',
  date: 'A calendar date as text, ISO 8601.',
  boolean: 'Yes or no.',
})
const FieldRef = builder.objectRef<PlaybookDefinition['fields'][number]>('PlaybookField').implement({
  description: 'A field that deals of this playbook can carry.',
  fields: (t) => ({
    id: t.exposeString('id', { description: 'Its id in the playbook.' }),
    name: t.field({ type: LocalTextRef, description: 'Its name for people.', resolve: ({ name }) => name }),
    type: t.expose('type', { type: FieldType, description: 'What values it takes.' }),
  }),
})

const RequiredEvidence = builder.objectRef<Conditions['evidence'][number]>('RequiredEvidence').implement({
  description: 'How many pieces of evidence of one kind a gate asks for.',
  fields: (t) => ({
    kind: t.exposeString('kind', { description: 'The kind of evidence.' }),
    min: t.exposeInt('min', { description: 'The least number.' }),
  }),
})
const ConditionsRef = builder.objectRef<Conditions>('Conditions').implement({
  description: 'What must be there at a gate; empty lists ask for nothing.',
  fields: (t) => ({
    evidence: t.field({ type: [RequiredEvidence], description: 'Pieces of evidence.', resolve: (c) => c.evidence }),
    fields: t.exposeStringList('fields', { description: 'Ids of fields that must have a value.' }),
    checklist: t.exposeStringList('checklist', { description: 'Ids of checklist items that must be done.' }),
  }),
})

export const ClockEnum = defineEnum('Clock', 'How time is counted.', {
  calendar: 'Every hour counts.',
  business: 'Only the hours of the playbook’s business calendar count.',
})
const LimitRef = builder.objectRef<NonNullable<Stage['dwellLimit']>>('TimeLimit').implement({
  description: 'A stretch of time.',
  fields: (t) => ({
    after: t.exposeString('after', {
      description: 'ISO 8601 duration in weeks, days, hours, minutes and seconds: `PT48H`, `P5D`.',
    }),
    clock: t.expose('clock', { type: ClockEnum, description: 'How it is counted.' }),
  }),
})

export const StageRef = builder.objectRef<Stage>('Stage').implement({
  description: 'A stage of a playbook version.',
  fields: (t) => ({
    id: t.exposeString('id', { description: 'Its id in the playbook.' }),
    name: t.field({ type: LocalTextRef, description: 'Its name for people.', resolve: ({ name }) => name }),
    entry: t.field({ type: ConditionsRef, description: 'Asked when a deal enters.', resolve: ({ entry }) => entry }),
    exit: t.field({
      type: ConditionsRef,
      description: 'Asked when a deal leaves forwards.',
      resolve: ({ exit }) => exit,
    }),
    skippable: t.exposeBoolean('skippable', {
      description: 'Whether it may be jumped over; its conditions then do not apply.',
    }),
    dwellLimit: t.field({
      type: LimitRef,
      nullable: true,
      description: 'How long a deal may stay; null: as long as it likes.',
      resolve: ({ dwellLimit }) => dwellLimit,
    }),
    nextAction: t.field({
      type: LocalTextRef,
      nullable: true,
      description: 'What the owner of the deal is expected to do here.',
      resolve: ({ nextAction }) => nextAction,
    }),
  }),
})

const globalIdOfVersion = ({ playbookId, version }: PlaybookVersionRow) => `${playbookId}@${version}`

builder.node(PlaybookVersionRef, {
  description: 'A version of a playbook: immutable, and what deals are pinned to.',
  id: { resolve: globalIdOfVersion },
  loadMany: (ids, { loaders }) =>
    ids.map(async (id) => {
      const [playbookId = '', version = ''] = id.split('@')
      return (await loaders.playbookVersions.load(playbookId)).find((row) => String(row.version) === version)
    }),
  fields: (t) => {
    const list = (of: 'evidenceKinds' | 'checklist' | 'lossReasons' | 'blockingReasons', description: string) =>
      t.field({ type: [NamedRef], description, resolve: ({ definition }) => definition[of] })
    return {
      playbook: t.field({
        type: PlaybookRef,
        nullable: true,
        description: 'The playbook.',
        resolve: ({ playbookId }, _, { loaders }) => loaders.playbooks.load(playbookId),
      }),
      version: t.exposeInt('version', { description: 'Counts from 1.' }),
      name: t.field({
        type: LocalTextRef,
        description: 'What people call it.',
        resolve: ({ definition }) => definition.name,
      }),
      publishedAt: t.expose('publishedAt', {
        type: 'DateTime',
        description: 'Since when deals can be opened under it.',
      }),
      stages: t.field({
        type: [StageRef],
        description: 'The stages in their order.',
        resolve: ({ definition }) => definition.stages,
      }),
      evidenceKinds: list('evidenceKinds', 'The kinds of evidence that its gates can ask for.'),
      fields: t.field({
        type: [FieldRef],
        description: 'The fields that its deals can carry.',
        resolve: ({ definition }) => definition.fields,
      }),
      checklist: list('checklist', 'The checklist items that its gates can ask for.'),
      lossReasons: list('lossReasons', 'Why a deal can be lost; empty: any text is a reason.'),
      blockingReasons: list('blockingReasons', 'What can stand in the way of a deal; empty: any text is a reason.'),
      definition: t.field({
        type: 'JSON',
        description: 'All of it, as `publishPlaybook` takes it.',
        resolve: ({ definition }) => definition,
      }),
    }
  },
})

builder.node(PlaybookRef, {
  description: 'The funnel as data: ordered stages with their gates, published in versions.',
  id: { resolve: (playbook) => playbook.playbookId },
  loadMany: (ids, { loaders }) => ids.map((id) => loaders.playbooks.load(id)),
  fields: (t) => ({
    key: t.exposeString('playbookId', {
      description: 'The id within its kind, as streams, events and imports have it.',
    }),
    name: t.field({
      type: LocalTextRef,
      description: 'What people call the newest version.',
      resolve: ({ name }) => name,
    }),
    latest: t.field({
      type: PlaybookVersionRef,
      nullable: true,
      description: 'The newest version: deals are opened under it.',
      resolve: async ({ playbookId }, _, { loaders }) => (await loaders.playbookVersions.load(playbookId))[0],
    }),
    versions: t.field({
      type: [PlaybookVersionRef],
      description: 'All versions, newest first.',
      resolve: ({ playbookId }, _, { loaders }) => loaders.playbookVersions.load(playbookId),
    }),
  }),
})
