// The commands that come of a case, with ids that depend on nothing but the data: importing again repeats the same commands.
import { deriveId, Id, type Instant, type PlaybookDefinition } from '@headwater/schema'
import type { CaseFile, DealRefs, LeadRefs, Mapping } from '../mapping/schema.ts'
import type { Problem, Read, Values } from './values.ts'

/** A command on the case's lead or deal, or on a visitor. */
export interface Step {
  readonly on: 'visitor' | 'lead' | 'deal'
  readonly commandId: string
  readonly occurredAt: Instant
  readonly command: { readonly type: string; readonly data: Record<string, unknown> }
  /** Of the row or event that it comes from. */
  readonly line: number
  /** Carried out only where the step before it found its wish fulfilled by another command. */
  readonly otherwise?: true
}

/** What becomes of one record: commands in order, or, where anything is wrong with it, problems and no commands. */
export interface Plan {
  /** As the file names it; blank where it does not. */
  readonly caseId: string
  /** Of the lead and of the deal, or of the visitor. */
  readonly id: Id
  readonly line: number
  readonly steps: readonly Step[]
  readonly problems: readonly Problem[]
  /** Reps that the steps name, as the file does. */
  readonly reps: readonly string[]
}

export interface PlanContext {
  readonly mapping: Mapping
  /** The version that deals are opened under. */
  readonly definition: PlaybookDefinition
  readonly now: Instant
}

/** Our id for something of a foreign system: readable where its own id allows. */
export function foreignId(source: string, theirs: string): Id {
  const id = `${source}:${theirs}`
  return Id.safeParse(id).success ? id : deriveId(`import:${source}`, theirs)
}

/** A rep's id is taken as it is where it can be one; a name gets an id of its own. */
export function repId(source: string, text: string): Id {
  return Id.safeParse(text).success ? text : deriveId(`import:${source}`, `rep/${text}`)
}

/** Collects the steps of one case. */
export class StepList {
  readonly steps: Step[] = []
  readonly reps: string[] = []
  readonly problems: Problem[] = []
  readonly id: Id
  private readonly source: string
  private readonly caseId: string

  constructor({ source }: Mapping, caseId: string) {
    this.source = source
    this.caseId = caseId
    this.id = foreignId(source, caseId)
  }

  /** `name` is what the fact is within its case: the same name is the same command, whenever it is imported. */
  add(
    on: Step['on'],
    name: string,
    type: string,
    data: Record<string, unknown>,
    occurredAt: Instant,
    line: number,
    otherwise?: true,
  ): void {
    const commandId = deriveId(`import:${this.source}`, `${this.caseId}/${name}`)
    this.steps.push({
      on,
      commandId,
      occurredAt,
      command: { type, data: compact(data) },
      line,
      ...(otherwise && { otherwise }),
    })
  }

  rep(text: string): Id {
    this.reps.push(text)
    return repId(this.source, text)
  }

  plan(line: number): Plan {
    const { id, caseId, problems, reps } = this
    return { caseId, id, line, steps: problems.length ? [] : this.steps, problems, reps: problems.length ? [] : reps }
  }
}

/** The lead's capture, at a time that the record or, failing that, the caller gives. Without one only its problems are found, as below. */
export function leadReader<R>(values: Values<R>, refs: LeadRefs, mapping: Mapping) {
  const at = values.instant(refs.capturedAt)
  const contact = texts(values, refs.contact ?? {})
  const organisation = values.text(refs.organisation)
  const tags = texts(values, refs.tags)
  const source = sourceReader(values, refs.source)
  const productLine = values.text(refs.productLine)
  const segment = values.text(refs.segment)
  const waive = mapping.leads === 'waive' || undefined
  return (record: R, list: StepList, line: number, otherwise?: Instant): Instant | undefined => {
    const { problems } = list
    const capturedAt = at(record, problems) ?? otherwise
    const person = compact(contact(record, problems))
    const { type, region, firstContactChannel } = tags(record, problems)
    const data = {
      contact: Object.keys(person).length ? { subject: list.id, ...person } : undefined,
      organisation: organisation(record, problems),
      tags: { type: type ?? null, region: region ?? null, firstContactChannel: firstContactChannel ?? null },
      source: source(record, problems),
      productLine: productLine(record, problems),
      segment: segment(record, problems),
      waive,
    }
    if (capturedAt !== undefined) list.add('lead', 'capture', 'CaptureLead', data, capturedAt, line)
    return capturedAt
  }
}

/** The deal's opening at a stage. */
export function openingReader<R>(values: Values<R>, refs: DealRefs, file: CaseFile, mapping: Mapping) {
  const source = sourceReader(values, refs.source ?? file.lead?.source ?? {})
  const title = values.text(refs.title)
  const value = values.money(refs.value)
  const rep = values.text(refs.rep)
  const productLine = values.text(refs.productLine ?? file.lead?.productLine)
  const segment = values.text(refs.segment ?? file.lead?.segment)
  const hasLeads = mapping.files.some((each) => each.rows !== 'touch' && each.lead)
  const waive = waiver(mapping)
  return (record: R, list: StepList, stage: string | undefined, at: Instant | undefined, line: number): void => {
    const { problems } = list
    const repText = rep(record, problems)
    const data = {
      playbook: { id: mapping.playbook.id },
      stage,
      leadId: hasLeads ? list.id : undefined,
      caseId: list.id,
      repId: repText === undefined ? undefined : list.rep(repText),
      source: source(record, problems),
      productLine: productLine(record, problems),
      segment: segment(record, problems),
      title: title(record, problems),
      value: value(record, problems),
      waive,
    }
    if (at) list.add('deal', `open@${at}`, 'OpenDeal', data, at, line)
  }
}

/** The playbook's fields. */
export function fieldsReader<R>(values: Values<R>, file: CaseFile, { mapping, definition }: PlanContext) {
  const types = new Map(definition.fields.map(({ id, type }) => [id, type]))
  const reads = Object.entries(file.fields).map(
    ([id, ref]) => [id, values.field(ref, types.get(id) ?? 'text')] as const,
  )
  const waive = waiver(mapping)
  return (record: R, list: StepList, at: Instant | undefined, line: number): void => {
    const fields = compact(Object.fromEntries(reads.map(([id, read]) => [id, read(record, list.problems)])))
    if (at && Object.keys(fields).length) list.add('deal', `fields@${at}`, 'SetDealFields', { fields, waive }, at, line)
  }
}

/** Why stages are skipped that a case never entered; the data do not say. */
export const asImported = 'as imported'

export const waiver = ({ gates }: Mapping): true | undefined => (gates === 'waive' ? true : undefined)

export function sourceReader<R>(values: Values<R>, refs: LeadRefs['source']) {
  const read = texts(values, refs)
  return (record: R, problems: Problem[]) => ({
    ...compact(read(record, problems)),
    channel: read(record, problems).channel ?? null,
  })
}

type Refs<K extends string> = { readonly [Key in K]?: Parameters<Values<never>['text']>[0] }

export function texts<R, K extends string>(values: Values<R>, refs: Refs<K>) {
  const reads = Object.entries(refs).map(
    ([key, ref]) => [key, values.text(ref as Parameters<typeof values.text>[0])] as const,
  )
  return (record: R, problems: Problem[]) =>
    Object.fromEntries(
      reads.map(([key, read]: readonly [string, Read<R, string>]) => [key, read(record, problems)]),
    ) as Partial<Record<K, string>>
}

export function compact<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T
}
