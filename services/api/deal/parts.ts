// What belongs to a deal: evidence, fields, visits, blocks.
import type { DealBlockRow, DealRow, StageVisitRow } from '@headwater/projections'
import type { FieldValue, FileRef, Money } from '@headwater/schema'
import { builder } from '../shared/builder.ts'
import { defineEnum } from '../shared/enum.ts'
import { RepRef, StoreRef } from '../shared/refs.ts'
import { MoneyRef } from '../shared/values.ts'

const File = builder.objectRef<FileRef>('EvidenceFile').implement({
  description: 'A file by its content.',
  fields: (t) => ({
    sha256: t.exposeString('sha256', { description: 'SHA-256 of its bytes, 64 hexadecimal digits.' }),
    name: t.exposeString('name', { description: 'What it was called.' }),
    mediaType: t.exposeString('mediaType', { description: 'What sort of file, such as `image/png`.' }),
    bytes: t.exposeInt('bytes', { description: 'Its size.' }),
  }),
})

export const EvidenceRef = builder.objectRef<DealRow['evidence'][number]>('Evidence').implement({
  description: 'A piece of evidence on a deal.',
  fields: (t) => ({
    key: t.exposeString('evidenceId', { description: 'Its id: hand it to `withdrawEvidence`.' }),
    kind: t.exposeString('kind', { description: 'What it shows, as the playbook names it.' }),
    stage: t.exposeString('stage', { description: 'The stage the deal was in when it was attached.' }),
    file: t.field({
      type: File,
      nullable: true,
      description: 'The file, where there is one.',
      resolve: ({ file }) => file,
    }),
    note: t.exposeString('note', { nullable: true, description: 'What was written beside it.' }),
    attachedAt: t.expose('attachedAt', { type: 'DateTime', description: 'When it was attached.' }),
  }),
})

const asMoney = (value: FieldValue): Money | null => (typeof value === 'object' ? value : null)

export const DealFieldRef = builder.objectRef<{ field: string; value: FieldValue }>('DealField').implement({
  description: 'A deal’s value of a playbook field; exactly one of the values is there.',
  fields: (t) => ({
    field: t.exposeString('field', { description: 'Id of the field in the playbook.' }),
    text: t.string({
      nullable: true,
      description: 'A text, or a date.',
      resolve: ({ value }) => (typeof value === 'string' ? value : null),
    }),
    number: t.float({
      nullable: true,
      description: 'A number.',
      resolve: ({ value }) => (typeof value === 'number' ? value : null),
    }),
    boolean: t.boolean({
      nullable: true,
      description: 'Yes or no.',
      resolve: ({ value }) => (typeof value === 'boolean' ? value : null),
    }),
    money: t.field({
      type: MoneyRef,
      nullable: true,
      description: 'An amount of money.',
      resolve: ({ value }) => asMoney(value),
    }),
  }),
})

const EntryKind = defineEnum('EntryKind', 'How a deal came into a stage.', {
  open: 'The deal was opened in it.',
  advance: 'From the stage before, for the first time.',
  skip: 'Over one or more stages.',
  back: 'Moved back from a later stage.',
  reentry: 'Forward again into a stage that was visited before.',
  reopen: 'The deal was closed and opened again.',
  migrate: 'A migration to another playbook version brought it here.',
  continue: 'A migration went on within the same stage.',
})
const ExitKind = defineEnum('ExitKind', 'How a deal left a stage.', {
  advance: 'To the next stage.',
  skip: 'Over one or more stages.',
  back: 'Moved back to an earlier stage.',
  reentry: 'Forward again into a stage that was visited before.',
  won: 'The deal was won.',
  lost: 'The deal was lost.',
  migrate: 'A migration to another playbook version took it away.',
})

export const VisitRef = builder.objectRef<StageVisitRow>('StageVisit').implement({
  description: 'A stay of a deal in a stage.',
  fields: (t) => ({
    number: t.exposeInt('visitNo', { description: 'Counts the visits of the deal.' }),
    stage: t.exposeString('stage', { description: 'Id of the stage.' }),
    entry: t.expose('entryKind', { type: EntryKind, description: 'How it came in.' }),
    enteredAt: t.expose('enteredAt', { type: 'DateTime', description: 'When it came in, in business time.' }),
    exit: t.expose('exitKind', { type: ExitKind, nullable: true, description: 'How it left; null while it stays.' }),
    exitedAt: t.expose('exitedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it left; null while it stays.',
    }),
    toNext: t.exposeBoolean('toNext', {
      description: 'Left to the very next stage of the playbook version, or won from its last.',
    }),
    skipped: t.exposeStringList('skipped', { description: 'Stages that the exit jumped over.' }),
    flagged: t.boolean({
      description: 'Entry or exit contradicts other facts: the visit is kept out of durations.',
      resolve: ({ entryFlagged, exitFlagged }) => entryFlagged || exitFlagged,
    }),
    rep: t.field({
      type: RepRef,
      nullable: true,
      description: 'Whose deal it was at entry.',
      resolve: ({ repId }, _, { loaders }) => (repId === null ? null : loaders.reps.load(repId)),
    }),
    store: t.field({
      type: StoreRef,
      nullable: true,
      description: 'Of which store it was at entry.',
      resolve: ({ storeId }, _, { loaders }) => (storeId === null ? null : loaders.stores.load(storeId)),
    }),
  }),
})

export const BlockRef = builder.objectRef<DealBlockRow>('DealBlock').implement({
  description: 'What stood in the way of a deal for a time.',
  fields: (t) => ({
    stage: t.exposeString('stage', { description: 'The stage it happened in.' }),
    reason: t.exposeString('reason', { description: 'What stood in the way, as the playbook names it.' }),
    from: t.expose('fromAt', { type: 'DateTime', description: 'Since when.' }),
    to: t.expose('toAt', { type: 'DateTime', nullable: true, description: 'Until when; null while it does.' }),
  }),
})
