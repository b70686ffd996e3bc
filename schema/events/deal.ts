import { z } from 'zod'
import { Id } from '../ids.ts'
import { Money } from '../money.ts'
import { defineEvent, type EventOf } from './define.ts'
import { Flag, Label, Source } from './lead.ts'

const StageId = z.string().min(1)
const Text = z.string().min(1).max(2000)

/** One thing that a gate asks for and the deal does not have. */
export const MissingItem = z.object({
  gate: z.enum(['entry', 'exit']),
  /** The stage whose gate it is. */
  stage: StageId,
  kind: z.enum(['evidence', 'field', 'checklist']),
  /** Evidence kind, field or checklist item, as the playbook names it. */
  item: z.string().min(1),
  required: z.number().int().positive(),
  present: z.number().int().nonnegative(),
})
export type MissingItem = z.infer<typeof MissingItem>

/** A move between stages. `waived` lists what an import let pass; `flags` what keeps the visit out of dwell figures. */
const Move = z.object({
  from: StageId,
  to: StageId,
  waived: z.array(MissingItem).optional(),
  flags: z.array(Flag).optional(),
})

export const PlaybookRef = z.object({ id: Id, version: z.number().int().positive() })
export type PlaybookRef = z.infer<typeof PlaybookRef>

/** A deal's value of a playbook field. */
export const FieldValue = z.union([z.string().max(2000), z.number(), z.boolean(), Money])
export type FieldValue = z.infer<typeof FieldValue>

/** A file by its content; the bytes live in the evidence store. */
export const FileRef = z.object({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  name: z.string().min(1).max(255),
  mediaType: z.string().min(1).max(100),
  bytes: z.number().int().nonnegative(),
})
export type FileRef = z.infer<typeof FileRef>

export const DealOpened = defineEvent('DealOpened', [
  z.object({
    dealId: Id,
    /** The story it belongs to: its lead's, or its customer's. */
    caseId: Id,
    leadId: Id.optional(),
    customerId: Id.optional(),
    playbook: PlaybookRef,
    stage: StageId,
    /** Null where an import names nobody. */
    repId: Id.nullable(),
    storeId: Id.nullable(),
    source: Source,
    productLine: Label.optional(),
    segment: Label.optional(),
    title: z.string().min(1).max(300).optional(),
    value: Money.optional(),
    waived: z.array(MissingItem).optional(),
    flags: z.array(Flag).optional(),
  }),
])
/** To the next stage, for the first time. */
export const DealAdvanced = defineEvent('DealAdvanced', [Move])
/** Forward over one or more stages that the playbook allows to skip. */
export const DealSkippedAhead = defineEvent('DealSkippedAhead', [
  Move.extend({ skipped: z.array(StageId).min(1), reason: Text }),
])
export const DealMovedBack = defineEvent('DealMovedBack', [Move.extend({ reason: Text })])
/** Forward again into a stage that was visited before. */
export const DealReentered = defineEvent('DealReentered', [Move.extend({ skipped: z.array(StageId).optional() })])
export const DealWon = defineEvent('DealWon', [
  z.object({
    stage: StageId,
    value: Money.optional(),
    skipped: z.array(StageId).optional(),
    waived: z.array(MissingItem).optional(),
    flags: z.array(Flag).optional(),
  }),
])
export const DealLost = defineEvent('DealLost', [
  z.object({ stage: StageId, reason: z.string().min(1), note: Text.optional(), flags: z.array(Flag).optional() }),
])
export const DealReopened = defineEvent('DealReopened', [
  z.object({ stage: StageId, reason: Text, flags: z.array(Flag).optional() }),
])

export const EvidenceAttached = defineEvent('EvidenceAttached', [
  z.object({
    evidenceId: Id,
    kind: z.string().min(1),
    stage: StageId,
    file: FileRef.optional(),
    note: Text.optional(),
  }),
])
export const EvidenceWithdrawn = defineEvent('EvidenceWithdrawn', [z.object({ evidenceId: Id, reason: Text })])
/** Playbook fields; null takes the value away. */
export const DealFieldsSet = defineEvent('DealFieldsSet', [
  z.object({ fields: z.record(z.string(), FieldValue.nullable()) }),
])
export const ChecklistItemDone = defineEvent('ChecklistItemDone', [z.object({ item: z.string().min(1) })])
export const ChecklistItemUndone = defineEvent('ChecklistItemUndone', [
  z.object({ item: z.string().min(1), reason: Text }),
])
export const DealValued = defineEvent('DealValued', [z.object({ value: Money })])
export const DealAssigned = defineEvent('DealAssigned', [z.object({ repId: Id, storeId: Id })])
/** What stands in the way, by the playbook's list of blocking reasons; at most one at a time. */
export const DealBlocked = defineEvent('DealBlocked', [
  z.object({ stage: StageId, reason: z.string().min(1), note: Text.optional() }),
])
export const DealUnblocked = defineEvent('DealUnblocked', [z.object({ stage: StageId, reason: z.string().min(1) })])
/** Something that was done for the deal (call, visit, message, demo …). */
export const DealActivityLogged = defineEvent('DealActivityLogged', [
  z.object({ activityId: Id, kind: z.string().min(1), note: Text.optional() }),
])
export const DealMigrated = defineEvent('DealMigrated', [
  z.object({
    from: PlaybookRef,
    to: PlaybookRef,
    fromStage: StageId,
    toStage: StageId,
    /** Stages that were renamed, old to new. */
    stages: z.record(StageId, StageId).optional(),
    /** What the gates passed so far would ask for under the new version, and the deal does not have. */
    missing: z.array(MissingItem),
  }),
])

export const dealEvents = [
  DealOpened,
  DealAdvanced,
  DealSkippedAhead,
  DealMovedBack,
  DealReentered,
  DealWon,
  DealLost,
  DealReopened,
  EvidenceAttached,
  EvidenceWithdrawn,
  DealFieldsSet,
  ChecklistItemDone,
  ChecklistItemUndone,
  DealValued,
  DealAssigned,
  DealBlocked,
  DealUnblocked,
  DealActivityLogged,
  DealMigrated,
] as const
export type DealEvent = EventOf<typeof dealEvents>
