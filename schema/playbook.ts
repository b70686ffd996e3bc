import { z } from 'zod'
import { Id } from './ids.ts'
import { BusinessCalendar, Duration } from './time/index.ts'

/** A text that people see, in the product's two languages. */
export const LocalText = z.object({ 'zh-CN': z.string().min(1), en: z.string().min(1) })
export type LocalText = z.infer<typeof LocalText>

const Named = z.object({ id: Id, name: LocalText })

/** What must be there at a gate; empty lists ask for nothing. */
export const Conditions = z.object({
  evidence: z.array(z.object({ kind: Id, min: z.number().int().positive().default(1) })).default([]),
  fields: z.array(Id).default([]),
  checklist: z.array(Id).default([]),
})
export type Conditions = z.infer<typeof Conditions>

const Limit = z.object({ after: Duration, clock: z.enum(['calendar', 'business']).default('calendar') })

export const Stage = z.object({
  id: Id,
  name: LocalText,
  entry: Conditions.prefault({}),
  exit: Conditions.prefault({}),
  /** May be jumped over; its conditions then do not apply. */
  skippable: z.boolean().default(false),
  /** How long a deal may stay. */
  dwellLimit: Limit.optional(),
  reminders: z.array(Limit.extend({ to: z.enum(['owner', 'superior']), suggestion: LocalText.optional() })).default([]),
  escalation: Limit.extend({ to: z.enum(['superior', 'regional-manager', 'headquarters']) }).optional(),
  /** What the owner is expected to do here. */
  nextAction: LocalText.optional(),
})
export type Stage = z.infer<typeof Stage>

/** What people are to do in time, such as a personal follow-up within 24 hours of the first contact. Nothing is refused for want of it: conformance reports it. */
export const Behaviour = Named.extend({
  /** From the first entry into this stage on … */
  stage: Id,
  /** … one of these kinds of activity is logged … */
  activities: z.array(z.string().min(1)).min(1),
  /** … before this runs out, unless the deal has left the stage by then. */
  within: Limit,
})
export type Behaviour = z.infer<typeof Behaviour>

const unique = (ids: readonly string[]) => new Set(ids).size === ids.length

/**
 * The funnel as data: ordered stages with their gates. Published once per version and never changed; deals are pinned to
 * the version they opened under.
 */
export const PlaybookDefinition = z
  .object({
    name: LocalText,
    calendar: BusinessCalendar,
    stages: z.array(Stage).min(1),
    evidenceKinds: z.array(Named).default([]),
    fields: z.array(Named.extend({ type: z.enum(['text', 'number', 'money', 'date', 'boolean']) })).default([]),
    checklist: z.array(Named).default([]),
    behaviours: z.array(Behaviour).optional(),
    /** Empty: any text is a reason. */
    lossReasons: z.array(Named).default([]),
    blockingReasons: z.array(Named).default([]),
    /** How late a fact may be entered after it happened; without it, any time. */
    backdating: z.object({ limit: Duration }).optional(),
  })
  .superRefine((playbook, context) => {
    const issue = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
    for (const list of [
      'stages',
      'evidenceKinds',
      'fields',
      'checklist',
      'lossReasons',
      'blockingReasons',
      'behaviours',
    ] as const)
      if (!unique((playbook[list] ?? []).map((x) => x.id))) issue([list], 'ids must be unique')
    const known = {
      evidence: new Set(playbook.evidenceKinds.map((x) => x.id)),
      fields: new Set(playbook.fields.map((x) => x.id)),
      checklist: new Set(playbook.checklist.map((x) => x.id)),
    }
    playbook.behaviours?.forEach(({ stage }, i) => {
      if (!playbook.stages.some(({ id }) => id === stage)) issue(['behaviours', i, 'stage'], `unknown stage ${stage}`)
    })
    playbook.stages.forEach((stage, i) => {
      for (const gate of ['entry', 'exit'] as const) {
        stage[gate].evidence.forEach((e, j) => {
          if (!known.evidence.has(e.kind))
            issue(['stages', i, gate, 'evidence', j, 'kind'], `unknown evidence kind ${e.kind}`)
        })
        for (const list of ['fields', 'checklist'] as const)
          stage[gate][list].forEach((id, j) => {
            if (!known[list].has(id)) issue(['stages', i, gate, list, j], `unknown item ${id}`)
          })
      }
    })
  })
export type PlaybookDefinition = z.infer<typeof PlaybookDefinition>
/** As people write it: defaults may be left out. */
export type PlaybookInput = z.input<typeof PlaybookDefinition>
