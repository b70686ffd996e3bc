import { lead } from '@headwater/sales'
import type { Accepted, CommandEnvelope, Shell } from '@headwater/shell'
import { carryOut, type StepRefused, stepEnvelope } from './step.ts'

export type MergeLeadsAnswer =
  | { readonly status: 'accepted'; readonly duplicate: Accepted; readonly survivor: Accepted }
  | StepRefused<'duplicate' | 'survivor'>

/**
 * Merges a lead into another one; both keep their touches.
 *
 * Should the survivor itself be merged away between the two steps, the duplicate points to it all the same (`done` says so): nothing is
 * taken back, as its story then goes on where the survivor's does.
 */
export async function mergeLeads(
  shell: Shell,
  duplicateId: string,
  survivorId: string,
  envelope: CommandEnvelope,
): Promise<MergeLeadsAnswer> {
  const answer = await carryOut<'duplicate' | 'survivor'>(shell, [
    {
      name: 'duplicate',
      aggregate: lead,
      id: duplicateId,
      command: { type: 'MergeLead', data: { intoLeadId: survivorId } },
      envelope,
    },
    {
      name: 'survivor',
      aggregate: lead,
      id: survivorId,
      command: { type: 'AbsorbLead', data: { leadId: duplicateId } },
      envelope: stepEnvelope(envelope, 'survivor'),
    },
  ])
  if (answer.status === 'refused') return answer
  return { status: 'accepted', duplicate: answer.steps.duplicate!, survivor: answer.steps.survivor! }
}
