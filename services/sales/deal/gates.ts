import type { Conditions, LocalText, MissingItem, PlaybookDefinition, Stage } from '@headwater/schema'
import type { Deal } from './state.ts'

/**
 * The meaning of gates, for every path by which a deal can move:
 *
 * - Forward to a stage: the exit conditions of the stage it leaves and the entry conditions of the stage it enters must hold.
 * - Opening in a later stage than the first, and winning, are such moves too: from before the first stage, and to behind the last one.
 * - Over other stages: a jumped stage that is `skippable` asks for nothing. One that is not is jumped only where the deal has been there before,
 *   and then its entry and exit conditions must hold as well; where the deal has not, the jump is refused even if they hold, so that
 *   the order of the playbook is kept.
 * - Backward: a reason and no conditions.
 * - Forward into a stage that was visited before is a re-entry, under the same conditions.
 * - Every unmet condition of all gates concerned is listed at once.
 * - A waiver (imports) lets all of this pass and records what was missing.
 */
export interface Path {
  /** The stages between, in order. */
  readonly jumped: readonly string[]
  /** Those of them that may not be jumped. */
  readonly outOfOrder: readonly string[]
  /** Every unmet condition. */
  readonly missing: readonly MissingItem[]
}

/** What gates look at; plain, so that a row of a read model serves as well as a deal's state. */
export interface GateFacts {
  readonly stage: string
  readonly visited: readonly string[]
  /** Pieces of evidence by kind, the withdrawn ones not counted. */
  readonly evidence: Readonly<Record<string, number>>
  /** Fields that have a value. */
  readonly fields: readonly string[]
  /** Items that are done. */
  readonly checklist: readonly string[]
}

export const noFacts: Omit<GateFacts, 'stage'> = { visited: [], evidence: {}, fields: [], checklist: [] }

export function gateFacts({ stage, visited, evidence, fields, checklist }: Deal): GateFacts {
  const counts: Record<string, number> = {}
  for (const { kind, withdrawn } of evidence.values()) if (!withdrawn) counts[kind] = (counts[kind] ?? 0) + 1
  return { stage, visited, evidence: counts, fields: [...fields.keys()], checklist: [...checklist] }
}

/** Place of a stage in the playbook, −1 where it has none of this name. */
export const stageIndex = ({ stages }: PlaybookDefinition, id: string): number => stages.findIndex((s) => s.id === id)

/** The way forward between two places: −1 is before the first stage, `stages.length` behind the last. */
export function pathForward(
  playbook: PlaybookDefinition,
  facts: Omit<GateFacts, 'stage'>,
  from: number,
  to: number,
): Path {
  const { stages } = playbook
  const jumped = stages.slice(from + 1, to)
  const passed = jumped.filter((stage) => !stage.skippable)
  const [left, entered] = [stages[from], stages[to]]
  return {
    jumped: jumped.map(({ id }) => id),
    outOfOrder: passed.map(({ id }) => id).filter((id) => !facts.visited.includes(id)),
    missing: [
      ...(left ? unmet('exit', left, facts) : []),
      ...passed.flatMap((stage) => [...unmet('entry', stage, facts), ...unmet('exit', stage, facts)]),
      ...(entered ? unmet('entry', entered, facts) : []),
    ],
  }
}

/** The conditions of one gate that do not hold. */
export function unmet(gate: 'entry' | 'exit', stage: Stage, facts: Omit<GateFacts, 'stage'>): readonly MissingItem[] {
  const conditions: Conditions = stage[gate]
  const item = (kind: MissingItem['kind'], name: string, required: number, present: number): MissingItem[] =>
    present >= required ? [] : [{ gate, stage: stage.id, kind, item: name, required, present }]
  return [
    ...conditions.evidence.flatMap(({ kind, min }) => item('evidence', kind, min, facts.evidence[kind] ?? 0)),
    ...conditions.fields.flatMap((field) => item('field', field, 1, facts.fields.includes(field) ? 1 : 0)),
    ...conditions.checklist.flatMap((done) => item('checklist', done, 1, facts.checklist.includes(done) ? 1 : 0)),
  ]
}

/** What a board shows of an open deal: the stage that comes next, what is missing to get there, and what the owner should do. */
export interface NextStep {
  /** Null in the last stage: winning is next. */
  readonly next: string | null
  readonly missing: readonly MissingItem[]
  readonly nextAction: LocalText | undefined
}

export function missingForNext(facts: GateFacts, playbook: PlaybookDefinition): NextStep {
  const at = stageIndex(playbook, facts.stage)
  return {
    next: playbook.stages[at + 1]?.id ?? null,
    missing: pathForward(playbook, facts, at, at + 1).missing,
    nextAction: playbook.stages[at]?.nextAction,
  }
}
