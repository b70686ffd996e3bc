// Small value types that every topic shares.
import type { Flag, LocalText, MissingItem, Money } from '@headwater/schema'
import { builder } from './builder.ts'
import { defineEnum } from './enum.ts'

export const MoneyRef = builder.objectRef<Money>('Money').implement({
  description: 'An exact amount of money.',
  fields: (t) => ({
    amount: t.expose('amount', { type: 'MinorUnits', description: 'Whole minor units: 123450 is ¥1,234.50 in CNY.' }),
    currency: t.exposeString('currency', { description: 'ISO 4217 code, such as CNY.' }),
  }),
})

export const MoneyInput = builder.inputType('MoneyInput', {
  description: 'An exact amount of money.',
  fields: (t) => ({
    amount: t.field({
      type: 'MinorUnits',
      required: true,
      description: 'Whole minor units: 123450 is ¥1,234.50 in CNY.',
    }),
    currency: t.string({ required: true, description: 'ISO 4217 code, such as CNY.' }),
  }),
})

export const LocalTextRef = builder.objectRef<LocalText>('LocalText').implement({
  description: 'A text that people see, in both languages of the product.',
  fields: (t) => ({
    zhCN: t.string({ description: 'Simplified Chinese.', resolve: (text) => text['zh-CN'] }),
    en: t.exposeString('en', { description: 'English.' }),
  }),
})

export const FlagRef = builder.objectRef<Flag>('Flag').implement({
  description: 'Why a fact is kept out of some figures: imports take what contradicts itself, and mark it.',
  fields: (t) => ({
    code: t.exposeString('code', { description: 'What is wrong, for programs.' }),
    detail: t.exposeString('detail', { description: 'What was seen.' }),
  }),
})

const Gate = defineEnum('Gate', 'Which side of a stage a condition guards.', {
  entry: 'Asked when a deal enters the stage.',
  exit: 'Asked when a deal leaves the stage forwards.',
})
const ConditionKind = defineEnum('ConditionKind', 'What a condition asks for.', {
  evidence: 'Pieces of evidence of one kind.',
  field: 'A field of the playbook that has a value.',
  checklist: 'A checklist item that is done.',
})

export const MissingItemRef = builder.objectRef<MissingItem>('MissingItem').implement({
  description: 'One thing that a gate asks for and the deal does not have.',
  fields: (t) => ({
    gate: t.expose('gate', { type: Gate, description: 'The gate that asks.' }),
    stage: t.exposeString('stage', { description: 'Id of the stage whose gate it is.' }),
    kind: t.expose('kind', { type: ConditionKind, description: 'What sort of thing is missing.' }),
    item: t.exposeString('item', { description: 'Evidence kind, field or checklist item, as the playbook names it.' }),
    required: t.exposeInt('required', { description: 'How many are asked for.' }),
    present: t.exposeInt('present', { description: 'How many there are.' }),
  }),
})
