// Where a deal stands in its playbook just now: computed from its row and the version it is pinned to.
import type { DealRow } from '@headwater/projections'
import { missingForNext, type NextStep } from '@headwater/sales'
import { businessClock, deadline, instantOf, msOf, type PlaybookDefinition, type Stage } from '@headwater/schema'
import type { Context } from '../context.ts'
import { StageRef } from '../playbook/types.ts'
import { builder } from '../shared/builder.ts'
import { LocalTextRef, MissingItemRef } from '../shared/values.ts'

export interface Standing {
  readonly deal: DealRow
  readonly definition: PlaybookDefinition
  readonly stage: Stage
}

/** Undefined where the deal's playbook version is not known, or no more has the stage. */
export async function standingOf(deal: DealRow, { loaders }: Context): Promise<Standing | undefined> {
  const versions = await loaders.playbookVersions.load(deal.playbookId)
  const definition = versions.find(({ version }) => version === deal.playbookVersion)?.definition
  const stage = definition?.stages.find(({ id }) => id === deal.stage)
  return definition && stage && { deal, definition, stage }
}

/** Up to now, or to the close of the deal. */
const untilOf = ({ closedAt }: DealRow) => (closedAt === null ? Date.now() : msOf(closedAt))

function nextStep({ deal, definition }: Standing): NextStep | undefined {
  if (deal.status !== 'open') return undefined
  const evidence: Record<string, number> = {}
  for (const { kind } of deal.evidence) evidence[kind] = (evidence[kind] ?? 0) + 1
  // The way to the very next stage jumps none, so what was visited before does not matter.
  const facts = {
    stage: deal.stage,
    visited: [],
    evidence,
    fields: Object.keys(deal.fields),
    checklist: deal.checklist,
  }
  return missingForNext(facts, definition)
}

export const StandingRef = builder.objectRef<Standing>('DealStanding').implement({
  description: 'Where a deal stands in its playbook: its stage, for how long, and what it takes to go on.',
  fields: (t) => ({
    stage: t.field({
      type: StageRef,
      description: 'The stage it is in, or was closed in.',
      resolve: ({ stage }) => stage,
    }),
    age: t.float({
      description: 'Seconds since it came into the stage, up to now or to its close.',
      resolve: ({ deal }) => (untilOf(deal) - msOf(deal.stageEnteredAt)) / 1000,
    }),
    ageInBusinessHours: t.float({
      nullable: true,
      description: 'The same in seconds of the playbook’s business calendar; null outside the years that it knows.',
      resolve: ({ deal, definition }) => businessSeconds(definition, msOf(deal.stageEnteredAt), untilOf(deal)),
    }),
    dueAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When its time in the stage is over; null where the stage has no limit.',
      resolve: ({ deal, definition, stage }) =>
        stage.dwellLimit ? instantOf(deadline(msOf(deal.stageEnteredAt), stage.dwellLimit, definition.calendar)) : null,
    }),
    overdue: t.boolean({
      description: 'Whether it has stayed, or did stay, longer than the stage allows.',
      resolve: ({ deal, definition, stage }) =>
        stage.dwellLimit !== undefined &&
        deadline(msOf(deal.stageEnteredAt), stage.dwellLimit, definition.calendar) < untilOf(deal),
    }),
    nextStage: t.field({
      type: StageRef,
      nullable: true,
      description: 'The stage that comes next; null in the last one, where winning is next, and for a closed deal.',
      resolve: (standing) => {
        const next = nextStep(standing)?.next
        return standing.definition.stages.find(({ id }) => id === next)
      },
    }),
    nextAction: t.field({
      type: LocalTextRef,
      nullable: true,
      description: 'What the owner is expected to do now.',
      resolve: (standing) => nextStep(standing)?.nextAction,
    }),
    missing: t.field({
      type: [MissingItemRef],
      description:
        'What the gate to the next stage, or to winning, asks for and the deal does not have; empty for a closed deal.',
      resolve: (standing) => nextStep(standing)?.missing ?? [],
    }),
  }),
})

function businessSeconds({ calendar }: PlaybookDefinition, from: number, to: number): number | null {
  const clock = businessClock(calendar)
  try {
    return (clock.at(to) - clock.at(from)) / 1000
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
