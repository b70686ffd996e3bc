import { FieldValue, FileRef, Id, Label, Money, Source } from '@headwater/schema'
import { z } from 'zod'

/** Imports only: let unmet conditions and contradictions in time pass, and record them. */
const waive = z.boolean().optional()
const command = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.object({ type: z.literal(type), data: z.object({ ...shape, waive }) })
const text = z.string().min(1).max(2000)
/** What a deal is worth. */
const Value = Money.refine(({ amount }) => amount >= 0, { path: ['amount'], error: 'a deal is worth nothing or more' })

/** Commands of a deal; the stream's id is the deal's. */
export const DealCommand = z.discriminatedUnion('type', [
  command('OpenDeal', {
    /** The newest version unless one is named. */
    playbook: z.object({ id: Id, version: z.number().int().positive().optional() }),
    /** The first stage unless one is named. */
    stage: Id.optional(),
    leadId: Id.optional(),
    customerId: Id.optional(),
    /** The story it belongs to where that is neither the lead's nor the customer's own id. */
    caseId: Id.optional(),
    repId: Id.nullable().optional(),
    source: Source,
    productLine: Label.optional(),
    segment: Label.optional(),
    title: z.string().min(1).max(300).optional(),
    value: Value.optional(),
  }),
  /** To the next stage, or to the one named; jumping over stages that may not be skipped is refused. */
  command('AdvanceDeal', { to: Id.optional(), reason: text.optional() }),
  command('MoveDealBack', { to: Id, reason: text }),
  command('WinDeal', { value: Value.optional() }),
  command('LoseDeal', { reason: text, note: text.optional() }),
  command('ReopenDeal', { stage: Id.optional(), reason: text }),
  command('AttachEvidence', { evidenceId: Id.optional(), kind: Id, file: FileRef.optional(), note: text.optional() }),
  command('WithdrawEvidence', { evidenceId: Id, reason: text }),
  command('SetDealFields', { fields: z.record(z.string(), FieldValue.nullable()) }),
  command('CompleteChecklistItem', { item: Id }),
  command('UndoChecklistItem', { item: Id, reason: text }),
  command('ValueDeal', { value: Value }),
  command('AssignDeal', { repId: Id }),
  command('BlockDeal', { reason: text, note: text.optional() }),
  command('UnblockDeal', {}),
  command('LogDealActivity', { kind: z.string().min(1).max(100), note: text.optional() }),
  /** To another version of its playbook. `stages` maps stages that the new version no longer has. */
  command('MigrateDeal', {
    toVersion: z.number().int().positive(),
    stages: z.record(z.string(), z.string()).optional(),
  }),
])
export type DealCommand = z.infer<typeof DealCommand>
