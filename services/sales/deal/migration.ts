import type { DealEvent, Decision, MissingItem, PlaybookDefinition } from '@headwater/schema'
import { definitionOf, latestVersion, type PlaybookState } from '../playbook/state.ts'
import { listed } from '../refusal.ts'
import { closed, type Existing, unknownStage, unknownVersion } from './checks.ts'
import type { DealCommand } from './commands.ts'
import { gateFacts, pathForward, stageIndex } from './gates.ts'
import { refuse } from './refusals.ts'
import type { Deal } from './state.ts'

export interface MigrationPreview {
  /** Where the deal would stand; undefined where its stage is not mapped. */
  readonly stage: string | undefined
  /** What the gates passed so far would ask for, and the deal does not have. */
  readonly missing: readonly MissingItem[]
  /** Stages the deal has been in that the new version does not have and `stages` does not map. Only the present stage must be mapped. */
  readonly unmapped: readonly string[]
}

/**
 * What a migration to another version would mean for a deal, without doing it. `stages` maps old stages to new ones; a stage that is
 * in both versions needs no mapping.
 */
export function previewMigration(
  deal: Deal,
  to: PlaybookDefinition,
  stages: Readonly<Record<string, string>> = {},
): MigrationPreview {
  const mapped = (stage: string) => {
    const target = stages[stage] ?? stage
    return stageIndex(to, target) === -1 ? undefined : target
  }
  const stage = mapped(deal.stage)
  const visited = deal.visited.flatMap((id) => mapped(id) ?? [])
  const facts = { ...gateFacts(deal), visited }
  // The deal has been in a stage that may be skipped: then its gates were passed as well.
  const passed = { ...to, stages: to.stages.map((s) => (visited.includes(s.id) ? { ...s, skippable: false } : s)) }
  return {
    stage,
    missing: stage === undefined ? [] : pathForward(passed, facts, -1, stageIndex(to, stage)).missing,
    unmapped: deal.visited.filter((id) => mapped(id) === undefined),
  }
}

/** Pins an open deal to another version. What would be missing is recorded, and does not hinder. */
export function migrate(
  { toVersion, stages }: Extract<DealCommand, { type: 'MigrateDeal' }>['data'],
  state: Existing,
  book: PlaybookState,
): Decision<DealEvent> {
  const { deal } = state
  if (toVersion === deal.playbook.version) return []
  if (state.status !== 'open') return closed(state)
  const to = { id: deal.playbook.id, version: toVersion }
  const definition = definitionOf(book, toVersion)
  if (!definition) return unknownVersion(to, latestVersion(book))
  const known = definition.stages.map(({ id }) => id)
  const astray = Object.values(stages ?? {}).find((stage) => !known.includes(stage))
  if (astray !== undefined) return unknownStage(definition, astray)
  const preview = previewMigration(deal, definition, stages)
  if (preview.stage === undefined)
    return refuse(
      'unmapped-stage',
      `Version ${toVersion} has no stage "${deal.stage}": map it to one of ${listed(known)}.`,
      { stage: deal.stage, known, unmapped: preview.unmapped },
    )
  return [
    {
      type: 'DealMigrated',
      data: {
        from: deal.playbook,
        to,
        fromStage: deal.stage,
        toStage: preview.stage,
        ...(stages && Object.keys(stages).length > 0 && { stages }),
        missing: [...preview.missing],
      },
    },
  ]
}
