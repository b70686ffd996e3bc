import {
  type Behaviour,
  deadline,
  type Instant,
  instantOf,
  type MissingItem,
  msOf,
  type PlaybookDefinition,
} from '@headwater/schema'

/** A stay of a deal in a stage. */
export interface TracedVisit {
  readonly stage: string
  readonly enteredAt: Instant
  /** Null while the deal is there. */
  readonly exitedAt: Instant | null
  readonly won: boolean
  /** Its times contradict what else is known. */
  readonly flagged: boolean
  readonly storeId: string | null
  readonly repId: string | null
}

/** What a deal went through, in the order in which it was recorded. */
export interface Trace {
  readonly dealId: string
  readonly visits: readonly TracedVisit[]
  readonly activities: readonly { readonly kind: string; readonly at: Instant }[]
  /** What an import let pass at the gates. */
  readonly waived: readonly MissingItem[]
}

/**
 * - `skipped-stage`: the deal went past a stage that may not be skipped, and was never in it;
 * - `illegal-order`: the times of a stay contradict the order of the stages;
 * - `unmet-gate`: a condition of a gate was not met, and let pass;
 * - `late-behaviour`, `missed-behaviour`: what was to be done in time was done later, or never.
 *
 * A move back or a re-entry with its reason is what playbooks allow, and none of these.
 */
export type DeviationKind = 'skipped-stage' | 'illegal-order' | 'unmet-gate' | 'late-behaviour' | 'missed-behaviour'

export interface Deviation {
  readonly kind: DeviationKind
  /** The stage in which, or instead of which, it came about. */
  readonly stage: string
  /** The behaviour, or the condition of the gate. */
  readonly item: string | null
  readonly at: Instant
  readonly storeId: string | null
  readonly repId: string | null
}

export interface Conformance {
  readonly dealId: string
  readonly deviations: readonly Deviation[]
  /** Behaviours whose time is up, or that were shown: whether in time. */
  readonly behaviours: readonly {
    readonly id: string
    readonly met: boolean
    readonly storeId: string | null
    readonly repId: string | null
  }[]
}

/**
 * Holds a deal against the version of the playbook under which it runs: rules over the visited stages, in the manner of rule-based conformance
 * checking (van der Aalst, "Process Mining", 2nd ed. 2016, chapter 8), which says what is wrong rather than how far off it is.
 *
 * @param now what is not done yet is missed when its time was up by then
 */
export function checkDeal(trace: Trace, playbook: PlaybookDefinition, now: Instant): Conformance {
  const { visits } = trace
  const deviations: Deviation[] = [...skipped(visits, playbook), ...disordered(visits), ...waived(trace)]
  const behaviours: Conformance['behaviours'][number][] = []
  for (const behaviour of playbook.behaviours ?? []) {
    const visit = visits.find(({ stage }) => stage === behaviour.stage)
    const shown = visit && shownIn(trace, visit, behaviour, playbook, now)
    if (!shown) continue
    const { storeId, repId, stage } = visit
    behaviours.push({ id: behaviour.id, met: shown.kind === undefined, storeId, repId })
    if (shown.kind) deviations.push({ kind: shown.kind, stage, item: behaviour.id, at: shown.due, storeId, repId })
  }
  return { dealId: trace.dealId, deviations, behaviours }
}

function* skipped(visits: readonly TracedVisit[], { stages }: PlaybookDefinition): Generator<Deviation> {
  const place = new Map(stages.map(({ id }, i) => [id, i]))
  const been = new Set(visits.map(({ stage }) => stage))
  for (const [i, { id, skippable }] of stages.entries()) {
    if (skippable || been.has(id)) continue
    const past = visits.find(({ stage, won }) => won || (place.get(stage) ?? -1) > i)
    if (!past) continue
    const { storeId, repId } = past
    const at = (place.get(past.stage) ?? -1) > i ? past.enteredAt : past.exitedAt!
    yield { kind: 'skipped-stage', stage: id, item: null, at, storeId, repId }
  }
}

function* disordered(visits: readonly TracedVisit[]): Generator<Deviation> {
  for (const { flagged, stage, enteredAt: at, storeId, repId } of visits)
    if (flagged) yield { kind: 'illegal-order', stage, item: null, at, storeId, repId }
}

function* waived({ waived: items, visits }: Trace): Generator<Deviation> {
  for (const { stage, item } of items) {
    const visit = visits.find((each) => each.stage === stage) ?? visits[0]
    if (!visit) continue
    const { storeId, repId } = visit
    yield { kind: 'unmet-gate', stage, item, at: visit.exitedAt ?? visit.enteredAt, storeId, repId }
  }
}

/** Whether it was shown in time, and when it was due; undefined where that is not settled, or was not called for. */
function shownIn(
  { activities }: Trace,
  { enteredAt, exitedAt }: TracedVisit,
  { activities: kinds, within }: Behaviour,
  { calendar }: PlaybookDefinition,
  now: Instant,
): { readonly kind: 'late-behaviour' | 'missed-behaviour' | undefined; readonly due: Instant } | undefined {
  const due = instantOf(deadline(msOf(enteredAt), within, calendar))
  const times = activities.filter(({ kind, at }) => kinds.includes(kind) && at >= enteredAt).map(({ at }) => at)
  const first = times.reduce<Instant | undefined>(
    (least, at) => (least === undefined || at < least ? at : least),
    undefined,
  )
  if (first !== undefined && first <= due) return { kind: undefined, due }
  if ((exitedAt !== null && exitedAt <= due) || now < due) return undefined
  return { kind: first === undefined ? 'missed-behaviour' : 'late-behaviour', due }
}
