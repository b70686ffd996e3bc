import { deal } from '@headwater/sales'
import { type InputFields, idOf } from '../shared/input.ts'
import { type CommandSpec, defineCommand } from '../shared/mutation.ts'
import { SourceInput } from '../shared/source.ts'
import { MoneyInput } from '../shared/values.ts'
import { DealFieldInput, FileInput, fieldsOf, PlaybookRefInput, StageMappingInput, stagesOf } from './inputs.ts'
import { DealResult } from './result.ts'

const onDeal = { aggregate: deal, target: 'dealId', result: DealResult } as const
const target = (t: InputFields) => ({ dealId: idOf(t, 'Deal', 'The deal.', { required: true }) })
const reason = (t: InputFields) => ({ reason: t.string({ required: true, description: 'Why, in a few words.' }) })
const note = (t: InputFields) => ({ note: t.string({ description: 'Anything worth knowing beside it.' }) })
const value = (t: InputFields, required = false) => ({
  value: t.field({ type: MoneyInput, required, description: 'What the deal is worth.' }),
})
export const advanceFields = (t: InputFields) => ({
  ...target(t),
  to: t.string({ description: 'Id of the stage to go to; the next one where it is left out.' }),
  reason: t.string({ description: 'Why, where stages are skipped.' }),
})

export const openDealFields = (t: InputFields, required: { source: boolean }) => ({
  playbook: t.field({ type: PlaybookRefInput, required: true, description: 'The playbook it follows.' }),
  stage: t.string({ description: 'Id of the stage to begin in; the first where it is left out.' }),
  repId: idOf(t, 'Rep', 'Whose deal it is.'),
  source: t.field({ type: SourceInput, required: required.source, description: 'Where it came from.' }),
  productLine: t.string({ description: 'What is sold.' }),
  segment: t.string({ description: 'The customer segment.' }),
  title: t.string({ description: 'What people call it.' }),
  ...value(t),
})

const commands: Readonly<Record<string, CommandSpec>> = {
  openDeal: {
    ...onDeal,
    command: 'OpenDeal',
    description: 'Opens a deal under a playbook; `convertLead` does so for a lead.',
    fields: (t) => ({
      dealId: idOf(t, 'Deal', 'Its id from now on; made from the command id where it is left out.'),
      leadId: idOf(t, 'Lead', 'The lead it grew out of.'),
      customerId: idOf(t, 'Customer', 'Whom we sell to.'),
      ...openDealFields(t, { source: true }),
    }),
  },
  advanceDeal: {
    ...onDeal,
    command: 'AdvanceDeal',
    description: 'Moves a deal forward. Refused with every missing item where a gate is not met.',
    fields: advanceFields,
  },
  moveDealBack: {
    ...onDeal,
    command: 'MoveDealBack',
    description: 'Moves a deal back to an earlier stage.',
    fields: (t) => ({
      ...target(t),
      to: t.string({ required: true, description: 'Id of the earlier stage.' }),
      ...reason(t),
    }),
  },
  winDeal: {
    ...onDeal,
    command: 'WinDeal',
    description: 'Closes a deal with success. Refused with every missing item where a gate is not met.',
    fields: (t) => ({ ...target(t), ...value(t) }),
  },
  loseDeal: {
    ...onDeal,
    command: 'LoseDeal',
    description: 'Closes a deal without success. The reason is one of the playbook’s, where it names any.',
    fields: (t) => ({ ...target(t), ...reason(t), ...note(t) }),
  },
  reopenDeal: {
    ...onDeal,
    command: 'ReopenDeal',
    description: 'Opens a closed deal again.',
    fields: (t) => ({
      ...target(t),
      stage: t.string({ description: 'Id of the stage to go on in; the one it was closed in where it is left out.' }),
      ...reason(t),
    }),
  },
  attachEvidence: {
    ...onDeal,
    command: 'AttachEvidence',
    description: 'Attaches a piece of evidence.',
    fields: (t) => ({
      ...target(t),
      evidenceId: t.id({ description: 'Its id from now on; made from the command id where it is left out.' }),
      kind: t.string({ required: true, description: 'What it shows, as the playbook names it.' }),
      file: t.field({ type: FileInput, description: 'The file.' }),
      ...note(t),
    }),
  },
  withdrawEvidence: {
    ...onDeal,
    command: 'WithdrawEvidence',
    description: 'Takes a piece of evidence back: gates no longer count it, the log keeps it.',
    fields: (t) => ({ ...target(t), evidenceId: t.id({ required: true, description: 'The piece.' }), ...reason(t) }),
  },
  setDealFields: {
    ...onDeal,
    command: 'SetDealFields',
    description: 'Sets values of playbook fields; fields not named stay as they are.',
    fields: (t) => ({
      ...target(t),
      fields: t.field({ type: [DealFieldInput], required: true, description: 'The fields and their values.' }),
    }),
    data: ({ fields }) => ({ fields: fieldsOf(fields) }),
  },
  completeChecklistItem: {
    ...onDeal,
    command: 'CompleteChecklistItem',
    description: 'Ticks an item of the playbook’s checklist.',
    fields: (t) => ({ ...target(t), item: t.string({ required: true, description: 'Id of the item.' }) }),
  },
  undoChecklistItem: {
    ...onDeal,
    command: 'UndoChecklistItem',
    description: 'Takes the tick of a checklist item away.',
    fields: (t) => ({ ...target(t), item: t.string({ required: true, description: 'Id of the item.' }), ...reason(t) }),
  },
  valueDeal: {
    ...onDeal,
    command: 'ValueDeal',
    description: 'Says what a deal is worth.',
    fields: (t) => ({ ...target(t), ...value(t, true) }),
  },
  assignDeal: {
    ...onDeal,
    command: 'AssignDeal',
    description: 'Gives a deal to a rep; its store becomes the rep’s.',
    fields: (t) => ({ ...target(t), repId: idOf(t, 'Rep', 'The rep.', { required: true }) }),
  },
  blockDeal: {
    ...onDeal,
    command: 'BlockDeal',
    description:
      'Says what stands in the way. The reason is one of the playbook’s, where it names any; a new one takes the place of the old.',
    fields: (t) => ({ ...target(t), ...reason(t), ...note(t) }),
  },
  unblockDeal: {
    ...onDeal,
    command: 'UnblockDeal',
    description: 'Nothing stands in the way any more.',
    fields: target,
  },
  logDealActivity: {
    ...onDeal,
    command: 'LogDealActivity',
    description: 'Records something that was done for a deal.',
    fields: (t) => ({
      ...target(t),
      kind: t.string({ required: true, description: 'What was done, such as `call`, `visit`, `demo`.' }),
      ...note(t),
    }),
  },
  migrateDeal: {
    ...onDeal,
    command: 'MigrateDeal',
    description:
      'Pins an open deal to another version of its playbook. What its passed gates would ask for is recorded, and does not hinder.',
    fields: (t) => ({
      ...target(t),
      toVersion: t.int({ required: true, description: 'The version.' }),
      stages: t.field({
        type: [StageMappingInput],
        description: 'Where stages that the version does not have lead to.',
      }),
    }),
    data: ({ toVersion, stages }) => ({ toVersion, ...(stages !== undefined && { stages: stagesOf(stages) }) }),
  },
}

for (const [mutation, spec] of Object.entries(commands)) defineCommand(mutation, spec)
