// What stands against a command, and what several commands put into their events.
import type { DealEvent, Flag, Instant, MissingItem, PlaybookDefinition, PlaybookRef, Refusal } from '@headwater/schema'
import { listed } from '../refusal.ts'
import type { Path } from './gates.ts'
import { refuse } from './refusals.ts'
import type { Deal, DealState } from './state.ts'

export type Existing = Exclude<DealState, { status: 'none' }>

export const closed = ({ status, ...state }: Exclude<Existing, { status: 'open' }>): Refusal =>
  status === 'won'
    ? refuse('deal-won', `The deal was won at ${state.closedAt}: reopen it first.`, { closedAt: state.closedAt })
    : refuse('deal-lost', `The deal was lost at ${state.closedAt}: reopen it first.`, { closedAt: state.closedAt })

export const unknownStage = (playbook: PlaybookDefinition, stage: string): Refusal => {
  const known = playbook.stages.map(({ id }) => id)
  return refuse('unknown-stage', `"${stage}" is no stage of the playbook: choose from ${listed(known)}.`, {
    stage,
    known,
  })
}

/** Refuses a reason that is not on the playbook's list; on an empty list any text is one. */
export function reasonProblem(
  what: 'loss' | 'blocking',
  reason: string,
  list: PlaybookDefinition['lossReasons'],
): Refusal | undefined {
  const known = list.map(({ id }) => id)
  if (known.length === 0 || known.includes(reason)) return undefined
  return refuse(
    `unknown-${what}-reason`,
    `"${reason}" is no ${what} reason of the playbook: choose from ${listed(known)}.`,
    { reason, known },
  )
}

/** Refuses to jump stages that may not be; lists what is missing on the way all the same. */
export const jumpProblem = ({ outOfOrder, missing }: Path, to: string): Refusal | undefined =>
  outOfOrder.length === 0
    ? undefined
    : refuse(
        'stage-not-skippable',
        `${listed(outOfOrder)} may not be skipped on the way to "${to}": go through it stage by stage.`,
        { stages: outOfOrder },
        missing,
      )

export const gateProblem = ({ missing }: Path, wish: string): Refusal | undefined =>
  missing.length === 0
    ? undefined
    : refuse(
        'gate-unmet',
        `To ${wish}, supply first: ${missing.map((m) => `${m.kind} ${m.item} (${m.present} of ${m.required})`).join(', ')}.`,
        undefined,
        missing,
      )

/** What an import let pass, as events carry it. */
export const records = (missing: readonly MissingItem[], flags: readonly Flag[]) => ({
  ...(missing.length > 0 && { waived: [...missing] }),
  ...(flags.length > 0 && { flags: [...flags] }),
})

/**
 * A stage is not left before it was entered, and a deal not closed before it was opened. A waiver lets it pass with a flag, which keeps the visit
 * out of dwell figures.
 */
export function timeFlags(deal: Deal, at: Instant, waive?: boolean, what?: 'won' | 'lost'): readonly Flag[] | Refusal {
  const { stage, enteredAt, openedAt } = deal
  // Later than the entry only where an earlier contradiction was waived.
  const beforeOpening = what !== undefined && at < openedAt
  if (at >= enteredAt && !beforeOpening) return []
  if (!waive)
    return at < enteredAt
      ? refuse('before-stage-entry', `The deal entered "${stage}" at ${enteredAt}, after ${at}: date this later.`, {
          stage,
          enteredAt,
          occurredAt: at,
        })
      : refuse('before-stage-entry', `The deal was opened at ${openedAt}, after ${at}: date this later.`, {
          stage,
          openedAt,
          occurredAt: at,
        })
  if (beforeOpening)
    return [{ code: `${what}-before-first-contact`, detail: `${what} at ${at}, first contact at ${openedAt}` }]
  return [{ code: 'before-stage-entry', detail: `left at ${at}, entered "${stage}" at ${enteredAt}` }]
}

/** A block belongs to the stage it came up in, and ends with the visit. */
export const unblocked = ({ stage, block }: Deal): readonly DealEvent[] =>
  block === null ? [] : [{ type: 'DealUnblocked', data: { stage, reason: block } }]

export const sameMoney = (a: { amount: number; currency: string }, b: { amount: number; currency: string } | null) =>
  a.amount === b?.amount && a.currency === b.currency

export const unknownVersion = ({ id, version }: PlaybookRef, latest: number) =>
  refuse('unknown-playbook-version', `Playbook "${id}" has no version ${version}: the newest one is ${latest}.`, {
    version,
    latest,
  })
