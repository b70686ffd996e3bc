// Plans through the deciders: what is refused becomes a bad row, what is flagged is listed.

import { ORGANISATION_ID, organisation } from '@headwater/organisation'
import { deal, lead, visitor } from '@headwater/sales'
import { type Actor, deriveId, instantOf, type Refusal, startOfDay } from '@headwater/schema'
import type { Answer, AnyAggregate, Item, Shell } from '@headwater/shell'
import { ImportError } from '../errors.ts'
import type { Mapping } from '../mapping/schema.ts'
import { type Plan, repId, type Step } from '../plan/steps.ts'
import type { Reporting } from './report.ts'

/** Refused because the deal entered its stage later: the row contradicts itself or another one. */
const contradictions = new Set(['before-stage-entry', 'before-closing'])

interface Answered {
  readonly step: Step
  readonly answer: Answer
}

export class Execution {
  private readonly shell: Shell
  private readonly mapping: Mapping
  private readonly actor: Actor
  private readonly reporting: Reporting
  private readonly knownReps: Set<string>
  private hiring: Promise<unknown> = Promise.resolve()

  constructor(shell: Shell, mapping: Mapping, actor: Actor, reporting: Reporting, knownReps: Set<string>) {
    this.shell = shell
    this.mapping = mapping
    this.actor = actor
    this.reporting = reporting
    this.knownReps = knownReps
  }

  /** Carries out all steps of a plan; the deal's only where the lead's went well. */
  async carryOut(plan: Plan, file: string): Promise<void> {
    await this.hire(plan.reps)
    const { caseId } = plan
    const refused = new Map<number, Refusal>()
    for (const [on, aggregate] of [
      ['visitor', visitor],
      ['lead', lead],
      ['deal', deal],
    ] as const) {
      const steps = plan.steps.filter((step) => step.on === on)
      if (steps.length === 0 || refused.size > 0) continue
      for (const { step, answer } of await this.answers(aggregate, plan.id, steps)) {
        const { line, command } = step
        if (answer.status === 'accepted') {
          this.reporting.done(command.type, answer.repeated, answer.events)
          this.reporting.flag(
            { file, line, caseId },
            answer.events.flatMap(({ data }) => ('flags' in data && data.flags) || []),
          )
        } else if (!refused.has(line)) refused.set(line, answer.refusal)
      }
    }
    for (const [line, refusal] of refused) {
      const whatWouldBeRight =
        refusal.missing?.length && this.mapping.gates === 'enforce'
          ? 'the missing items, or gates: waive in the mapping'
          : refusal.message
      this.reporting.bad({ file, line, caseId, code: refusal.code, reason: refusal.message, whatWouldBeRight })
    }
  }

  private async answers(aggregate: AnyAggregate, id: string, steps: readonly Step[]): Promise<readonly Answered[]> {
    const opens = steps[0]!.command.type === 'OpenDeal'
    const mayContradict = this.mapping.gates === 'enforce' && aggregate === deal && !(opens && inOrder(steps))
    if (mayContradict || steps.some(({ otherwise }) => otherwise)) return this.oneByOne(aggregate, id, steps)
    const answers = await this.shell.executeAll(
      aggregate,
      id,
      steps.map((step) => this.item(step)),
    )
    return answers.map((answer, i) => ({ step: steps[i]!, answer }))
  }

  /**
   * A contradiction in time is waived for the very step that has it, so that it is taken with a flag; that step has passed its gate before, and
   * the others keep theirs.
   */
  private async oneByOne(aggregate: AnyAggregate, id: string, steps: readonly Step[]): Promise<readonly Answered[]> {
    const answered: Answered[] = []
    for (const step of steps) {
      const last = answered.at(-1)?.answer
      if (step.otherwise && !(last?.status === 'accepted' && !last.repeated && last.events.length === 0)) continue
      const { command, envelope } = this.item(step)
      let answer = await this.shell.execute(aggregate, id, command, envelope)
      if (answer.status === 'refused' && contradictions.has(answer.refusal.code)) {
        const waived = { type: command.type, data: { ...step.command.data, waive: true } }
        answer = await this.shell.execute(aggregate, id, waived, envelope)
      }
      answered.push({ step, answer })
    }
    return answered
  }

  private item({ command, commandId, occurredAt }: Step): Item {
    return { command, envelope: { commandId, actor: this.actor, occurredAt } }
  }

  /** Hires the reps that nobody knows yet, one after the other: the organisation is one stream. */
  private async hire(reps: readonly string[]): Promise<void> {
    const { reps: hiring, source, zone } = this.mapping
    if (!hiring) return
    const { store, since } = hiring.hire
    for (const name of reps) {
      const id = repId(source, name)
      if (this.knownReps.has(id)) continue
      this.knownReps.add(id)
      const data = { repId: id, name, storeId: store }
      this.hiring = this.hiring.then(async () => {
        await this.organise('HireRep', data, `rep/${id}`, instantOf(startOfDay(since, zone)))
        this.reporting.hired++
      })
    }
    await this.hiring
  }

  /** @throws ImportError `organisation-refused` */
  async organise(type: string, data: object, name: string, occurredAt: string): Promise<void> {
    const commandId = deriveId(`import:${this.mapping.source}`, name)
    const answer = await this.shell.execute(
      organisation,
      ORGANISATION_ID,
      { type, data },
      { commandId, actor: this.actor, occurredAt },
    )
    if (answer.status === 'refused') throw new ImportError('organisation-refused', answer.refusal.message)
    this.reporting.done(type, answer.repeated, answer.events)
  }
}

const inOrder = (steps: readonly Step[]) =>
  steps.every(({ occurredAt }, i) => i === 0 || occurredAt >= steps[i - 1]!.occurredAt)
