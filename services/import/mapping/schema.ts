// The mapping file's format; README.md explains it.
import { Currency, Id, LocalDate, PlaybookDefinition, TimeZone } from '@headwater/schema'
import { z } from 'zod'
import { canonicalEncoding } from '../readers/text.ts'

const text = z.string().min(1)
const column = text.meta({ description: 'name of a column, or key of a trace attribute' })

/** Where a value comes from: a column's name; a column whose values are translated or filled up; or one value for all. */
const Ref = z
  .union(
    [
      column,
      z.strictObject({
        column,
        /** Cell → value; null makes it blank. A cell that is not listed is taken as it is. */
        map: z.record(z.string(), z.string().nullable()).optional(),
        /** For blank cells. */
        default: text.optional(),
      }),
      z.strictObject({ value: text }),
    ],
    { error: 'write a column name, {column, map, default}, or {value} for the same value everywhere' },
  )
  .transform((ref) => (typeof ref === 'string' ? { column: ref } : ref))
export type Ref = z.infer<typeof Ref>

/** An amount of money; its currency is a code, or stands in a column. */
const MoneyRef = z.strictObject({ column, currency: z.union([Currency, z.strictObject({ column })]) })
export type MoneyRef = z.infer<typeof MoneyRef>

const SourceRefs = z.strictObject({
  channel: Ref.optional(),
  campaign: Ref.optional(),
  content: Ref.optional(),
  landingPage: Ref.optional(),
})

const LeadRefs = z.strictObject({
  /** A date; for event logs the case's first event unless it is said. */
  capturedAt: Ref.optional(),
  contact: z
    .strictObject({ name: Ref.optional(), phone: Ref.optional(), email: Ref.optional(), wechat: Ref.optional() })
    .optional(),
  organisation: Ref.optional(),
  tags: z
    .strictObject({ type: Ref.optional(), region: Ref.optional(), firstContactChannel: Ref.optional() })
    .default({}),
  source: SourceRefs.default({}),
  productLine: Ref.optional(),
  segment: Ref.optional(),
})
export type LeadRefs = z.infer<typeof LeadRefs>

const DealRefs = z.strictObject({
  /** A date; without it the lead's `capturedAt`. Event logs open a deal with the first event that is a stage. */
  openedAt: Ref.optional(),
  /** The playbook's first stage unless one is named. */
  stage: Id.optional(),
  title: Ref.optional(),
  value: MoneyRef.optional(),
  rep: Ref.optional(),
  /** The lead's source unless the deal has its own. */
  source: SourceRefs.optional(),
  productLine: Ref.optional(),
  segment: Ref.optional(),
})
export type DealRefs = z.infer<typeof DealRefs>

/** Holds only in rows where the column has one of these values. */
const When = z.strictObject({ column, is: z.array(z.string()).min(1) })
export type When = z.infer<typeof When>

/** What an event of an activity does, in this order. */
const Action = z
  .strictObject({
    /** Enters a stage; the first one of a case opens its deal there. */
    stage: Id.optional(),
    /** Logs something that was done, of this kind. */
    activity: z.string().min(1).max(100).optional(),
    win: z.literal(true).optional(),
    /** Loses the deal, for this reason. */
    lose: z.string().min(1).max(2000).optional(),
  })
  .refine((action) => Object.keys(action).length > 0, { error: 'say what it does: stage, activity, win or lose' })
  .refine((action) => !(action.win && action.lose), { error: 'win or lose, not both' })
export type Action = z.infer<typeof Action>

const Encoding = z
  .string()
  .refine((name) => canonicalEncoding(name) !== undefined, {
    error: 'not a known encoding such as utf-8, gb18030 or latin1',
  })
  .transform((name) => canonicalEncoding(name) as string)

const oneCharacter = z.string().length(1, 'one character, e.g. ";" or "\\t"')

const anyFile = {
  /** Glob (`*`, `?`) over the file's name; every file unless it is said. */
  match: text.default('*'),
  /** Luxon tokens such as `dd/MM/yyyy HH:mm`, where dates are not ISO 8601. */
  dates: text.optional(),
  numbers: z
    .strictObject({ decimal: z.enum(['.', ',']).default('.'), grouping: oneCharacter.optional() })
    .default({ decimal: '.' }),
  /** Columns, attributes and activities that are known and left out on purpose: not counted in the report. */
  ignore: z.array(text).default([]),
}
const common = {
  ...anyFile,
  lead: LeadRefs.optional(),
  deal: DealRefs.optional(),
  /** Playbook field → where its value comes from. */
  fields: z.record(z.string(), z.union([MoneyRef, Ref])).default({}),
}
/** CSV and XLSX alike: which it is, the file itself says. */
const anyTable = {
  csv: z
    .strictObject({ delimiter: oneCharacter.default(','), quote: oneCharacter.default('"') })
    .default({ delimiter: ',', quote: '"' }),
  encoding: Encoding.optional(),
  /** Of a workbook; the first unless one is named. */
  sheet: text.optional(),
  /** Column with the id of the case. */
  case: column,
}
const table = { ...common, ...anyTable }
const events = {
  /** Activity → what it does. */
  activities: z.record(z.string(), Action),
  /** Only events with one of these values count; the others are left out as known. */
  lifecycle: z.strictObject({ column, take: z.array(text).min(1) }).optional(),
}

/** A table with a row for each case. */
const CaseTable = z
  .strictObject({
    ...table,
    rows: z.literal('case').default('case'),
    /** Assigns a deal that was opened elsewhere, with the row's first step. */
    rep: Ref.optional(),
    /** Stage → column with the date when it was entered. */
    stages: z.record(z.string(), Ref).default({}),
    win: z.strictObject({ at: Ref, value: MoneyRef.optional(), when: When.optional() }).optional(),
    lose: z.strictObject({ at: Ref, reason: Ref, note: Ref.optional(), when: When.optional() }).optional(),
  })
  .superRefine((file, context) => {
    const issue = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message })
    if (file.lead && !file.lead.capturedAt) issue(['lead', 'capturedAt'], 'name the column with the date of the lead')
    if (file.deal && !file.deal.openedAt && !file.lead)
      issue(['deal', 'openedAt'], 'name the column with the date when the deal was opened')
    const steps = Object.keys(file.stages).length > 0 || file.win || file.lose
    if (!file.lead && !file.deal && !steps) issue([], 'nothing comes of this file: map lead, deal, stages, win or lose')
    if (file.deal && file.rep) issue(['rep'], 'a deal that is opened here has its rep under deal.rep')
    if (!file.deal && !steps && (file.rep || Object.keys(file.fields).length))
      issue([], 'rep and fields need a date to hold from: map deal, stages, win or lose')
  })
export type CaseTable = z.infer<typeof CaseTable>

/** A table with a row for each event of a case, in the order of time. */
const EventTable = z.strictObject({ ...table, ...events, rows: z.literal('event'), activity: column, at: column })
export type EventTable = z.infer<typeof EventTable>

/** An XES event log: each trace is a case. */
const TraceLog = z.strictObject({
  ...common,
  ...events,
  rows: z.literal('trace'),
  encoding: Encoding.optional(),
  case: column.default('concept:name'),
  activity: column.default('concept:name'),
  at: column.default('time:timestamp'),
})
export type TraceLog = z.infer<typeof TraceLog>

/** A table of any tool with a row for each touch of somebody, whose pseudonym there is the case. */
const TouchTable = z.strictObject({
  ...anyFile,
  ...anyTable,
  rows: z.literal('touch'),
  at: Ref,
  /** What tells two touches of one moment and source apart. */
  id: column.optional(),
  source: SourceRefs.default({}),
  utm: z
    .strictObject({
      source: Ref.optional(),
      medium: Ref.optional(),
      campaign: Ref.optional(),
      content: Ref.optional(),
      term: Ref.optional(),
    })
    .optional(),
  /** Host of the page that linked here. */
  referrer: Ref.optional(),
  cost: MoneyRef.optional(),
  /** Rows of who came by themselves. */
  direct: When.optional(),
  /** Who it is, once that is known: the case of a lead of the same `source`, or the id of one of ours. */
  lead: z.union([z.strictObject({ case: Ref }), z.strictObject({ id: Ref })]).optional(),
})
export type TouchTable = z.infer<typeof TouchTable>

export const FileMapping = z.discriminatedUnion('rows', [CaseTable, EventTable, TraceLog, TouchTable])
export type FileMapping = z.infer<typeof FileMapping>
/** Files of cases: leads and deals. */
export type CaseFile = Exclude<FileMapping, TouchTable>

const Named = { id: Id, name: z.string().min(1).max(200) }

export const Mapping = z.strictObject({
  /** Name of the system that the data come from: with the case's id it makes the ids of leads, deals and commands. Never change it between imports of the same data. */
  source: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,31}$/, 'up to 32 characters of a-z 0-9 . _ -'),
  /** Of dates without an offset. */
  zone: TimeZone,
  playbook: z.strictObject({
    id: Id,
    /** Published where the playbook does not exist yet; without it, a built-in one or one that is there. */
    definition: PlaybookDefinition.optional(),
  }),
  /** `waive` lets deals pass gates whose conditions the data do not show; what was missing is recorded. */
  gates: z.enum(['enforce', 'waive']).default('enforce'),
  /** `waive` takes leads without their three tags, with a flag, or without any way to contact them. */
  leads: z.enum(['enforce', 'waive']).default('enforce'),
  /** Regions and stores to open where they do not exist, as of a day before the first row's. */
  organisation: z
    .strictObject({
      since: LocalDate,
      regions: z.array(z.strictObject(Named)).default([]),
      stores: z.array(z.strictObject({ ...Named, region: Id })).default([]),
    })
    .optional(),
  /** Hires reps that the organisation does not know, for this store as of this day; without it their rows are refused. */
  reps: z.strictObject({ hire: z.strictObject({ store: Id, since: LocalDate }) }).optional(),
  files: z.array(FileMapping).min(1),
})
export type Mapping = z.infer<typeof Mapping>

/** The format as a JSON Schema (draft 2020-12), for editors that complete and check YAML. */
export const mappingJsonSchema = (): object => z.toJSONSchema(Mapping, { io: 'input', reused: 'ref' })
