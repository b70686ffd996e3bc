// Input types of deals, and how they become the data of commands.
import type { FieldValue } from '@headwater/schema'
import { builder } from '../shared/builder.ts'
import { idOf } from '../shared/input.ts'
import { MoneyInput } from '../shared/values.ts'

export const PlaybookRefInput = builder.inputType('PlaybookRefInput', {
  description: 'A playbook, or one version of it.',
  fields: (t) => ({
    id: idOf(t, 'Playbook', 'The playbook.', { required: true }),
    version: t.int({ description: 'The version; the newest where it is left out.' }),
  }),
})

export const FileInput = builder.inputType('EvidenceFileInput', {
  description: 'A file by its content; the bytes lie in the evidence store.',
  fields: (t) => ({
    sha256: t.string({ required: true, description: 'SHA-256 of its bytes, 64 hexadecimal digits.' }),
    name: t.string({ required: true, description: 'What it is called.' }),
    mediaType: t.string({ required: true, description: 'What sort of file, such as `image/png`.' }),
    bytes: t.int({ required: true, description: 'Its size.' }),
  }),
})

const FieldValueInput = builder.inputType('FieldValueInput', {
  description: 'The value of a playbook field: exactly one of these.',
  isOneOf: true,
  fields: (t) => ({
    text: t.string({ description: 'A text, or a date as ISO 8601.' }),
    number: t.float({ description: 'A number.' }),
    boolean: t.boolean({ description: 'Yes or no.' }),
    money: t.field({ type: MoneyInput, description: 'An amount of money.' }),
  }),
})

export const DealFieldInput = builder.inputType('DealFieldInput', {
  description: 'A playbook field of a deal and its new value.',
  fields: (t) => ({
    field: t.string({ required: true, description: 'Id of the field in the playbook.' }),
    value: t.field({
      type: FieldValueInput,
      description: 'The value; null or left out: the field loses the one it has.',
    }),
  }),
})

interface DealFieldGiven {
  readonly field: string
  readonly value?: Readonly<Record<string, FieldValue>>
}

/** `[{field, value: {text}}]` → `{field: text}`; null where no value is given. */
export const fieldsOf = (given: unknown): Record<string, FieldValue | null> =>
  Object.fromEntries(
    (given as DealFieldGiven[]).map(({ field, value = {} }) => [field, Object.values(value)[0] ?? null]),
  )

export const StageMappingInput = builder.inputType('StageMappingInput', {
  description: 'Where deals of a stage that the new version does not have go on.',
  fields: (t) => ({
    from: t.string({ required: true, description: 'Id of the stage in the old version.' }),
    to: t.string({ required: true, description: 'Id of the stage in the new version.' }),
  }),
})

/** `[{from, to}]` → `{from: to}`. */
export const stagesOf = (given: unknown): Record<string, string> =>
  Object.fromEntries(((given ?? []) as { from: string; to: string }[]).map(({ from, to }) => [from, to]))
