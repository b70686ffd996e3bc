import type { DealEvent, Decision, DecisionContext, PlaybookRef } from '@headwater/schema'
import { definitionOf, latestVersion, type PlaybookState } from '../playbook/state.ts'
import { type Placement, repWithoutStore, unknownRep } from '../refusal.ts'
import { gateProblem, jumpProblem, records, unknownStage, unknownVersion } from './checks.ts'
import type { DealCommand } from './commands.ts'
import { noFacts, pathForward, stageIndex } from './gates.ts'
import { refuse } from './refusals.ts'
import type { DealState } from './state.ts'

export function open(
  {
    playbook: wanted,
    stage,
    caseId,
    repId = null,
    waive,
    ...facts
  }: Extract<DealCommand, { type: 'OpenDeal' }>['data'],
  state: DealState,
  book: PlaybookState,
  placement: Placement,
  { streamId: dealId, occurredAt }: DecisionContext,
): Decision<DealEvent> {
  if (state.status !== 'none') {
    const { deal } = state
    const same = deal.playbook.id === wanted.id && deal.leadId === facts.leadId && deal.customerId === facts.customerId
    return same ? [] : refuse('deal-exists', `Deal ${dealId} exists already: a new deal needs a new id.`)
  }
  const latest = latestVersion(book)
  if (latest === 0) return refuse('unknown-playbook', `No playbook "${wanted.id}" is published: publish it first.`)
  const playbook: PlaybookRef = { id: wanted.id, version: wanted.version ?? latest }
  const definition = definitionOf(book, playbook.version)
  if (!definition) return unknownVersion(playbook, latest)
  const target = stage === undefined ? 0 : stageIndex(definition, stage)
  if (target === -1) return unknownStage(definition, stage!)
  const entered = definition.stages[target]!.id
  const path = pathForward(definition, noFacts, -1, target)
  const problem = waive ? undefined : (jumpProblem(path, entered) ?? gateProblem(path, `open in "${entered}"`))
  if (problem) return problem
  if (repId !== null && !placement) return unknownRep(repId, occurredAt)
  if (repId !== null && placement!.storeId === null && !waive) return repWithoutStore(repId)
  return [
    {
      type: 'DealOpened',
      data: {
        dealId,
        caseId: caseId ?? facts.leadId ?? facts.customerId ?? dealId,
        playbook,
        stage: entered,
        repId,
        storeId: placement?.storeId ?? null,
        ...facts,
        ...records(path.missing, []),
      },
    },
  ]
}
