import { deal } from '@headwater/sales'
import { type MissingItem, refuse } from '@headwater/schema'
import { type Answer, type CommandEnvelope, refused, type Shell } from '@headwater/shell'
import { inLanes } from './lanes.ts'
import { stepEnvelope } from './step.ts'

export interface DealMigration {
  readonly playbookId: string
  readonly toVersion: number
  /** Stages that the new version does not have, to those that take their place. */
  readonly stages?: Readonly<Record<string, string>> | undefined
  readonly dealIds: readonly string[]
  /** Say what would be missing, and write nothing. */
  readonly dryRun?: boolean
}

export interface MigratedDeal {
  readonly dealId: string
  readonly answer: Answer
  /** What the gates passed so far ask for under the new version, and the deal does not have. */
  readonly missing: readonly MissingItem[]
}

/** Takes open deals to another version of their playbook, each answered on its own, in the order given. */
export async function migrateDeals(
  shell: Shell,
  { playbookId, toVersion, stages, dealIds, dryRun = false }: DealMigration,
  envelope: CommandEnvelope,
): Promise<readonly MigratedDeal[]> {
  const command = { type: 'MigrateDeal', data: { toVersion, stages } }
  const carryOut = (dryRun ? shell.preview : shell.execute).bind(shell)
  return inLanes(dealIds, async (dealId) => {
    const { state } = await shell.load(deal, dealId)
    const other = state.status !== 'none' && state.deal.playbook.id !== playbookId
    const answer = other
      ? refused(otherPlaybook(dealId, state.deal.playbook.id, playbookId))
      : await carryOut(deal, dealId, command, stepEnvelope(envelope, dealId))
    const events = answer.status === 'accepted' ? answer.events : []
    return {
      dealId,
      answer,
      missing: events.flatMap((event) => (event.type === 'DealMigrated' ? event.data.missing : [])),
    }
  })
}

const otherPlaybook = (dealId: string, actual: string, expected: string) =>
  refuse('other-playbook', `Deal ${dealId} runs under playbook "${actual}", not "${expected}".`, {
    details: { dealId, actual, expected },
  })
