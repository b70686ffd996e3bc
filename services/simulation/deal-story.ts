// How one deal goes through its playbook, whatever its stages and gates are: the story reads them from the definition.
import type { FieldValue, Money, PlaybookDefinition, Stage } from '@headwater/schema'
import type { Line } from './market.ts'
import type { Staff } from './organisation.ts'
import type { Random } from './random.ts'
import { DAY, HOUR, Story } from './step.ts'

export interface DealSetting {
  readonly dealId: string
  readonly playbook: PlaybookDefinition
  readonly line: Line
  readonly region: string
  readonly rep: string
  /** When it opened (milliseconds), in the first stage. */
  readonly at: number
  /** Multiplies the odds of winning. */
  readonly worth: number
  /** Multiplies the value. */
  readonly size: number
}

type Said = { at: number; type: string; data: Record<string, unknown>; refused?: string; enteredAt?: number }

/** How many times the deals that others lose a weak store loses. */
const WEAK = 3.5

const activities = ['call', 'visit', 'message', 'store-visit', 'demo']
const backReasons = ['customer wants another design', 'measurements were wrong', 'new decision maker', 'budget cut']

export function dealStory(
  deal: DealSetting,
  until: number,
  staff: Pick<Staff, 'onDuty' | 'leaves' | 'weakness'>,
  random: Random,
  prefix: string,
): Story {
  const { stages } = deal.playbook
  const story = new Story(`${prefix}.deal`, until)
  let rep = { id: deal.rep, role: 'rep' }
  const provided = new Provided(deal.playbook, deal.line, random)
  const value = yuan(random.logNormal(deal.line.value, 0.55) * deal.size)
  const commit = (said: Said[]) => {
    const inOrder = said.sort((a, b) => (a.enteredAt ?? a.at) - (b.enteredAt ?? b.at))
    return inOrder.every(
      ({ at, type, data, refused }) => story.tell(at, rep, ['deal', deal.dealId], type, data, refused) !== undefined,
    )
  }

  let now = deal.at
  let [reopened, valued] = [false, false]
  for (let i = 0; i < stages.length && now <= until; ) {
    const stage = stages[i]!
    const entered = now
    const progress = i / Math.max(1, stages.length - 1)
    now += random.logNormal(deal.line.pace[i] ?? 5, 0.8) * DAY + HOUR
    const within = (from = 0, to = 1) => entered + (now - entered) * random.between(from, to)
    const visit: Said[] = [...happenings(deal.playbook, progress, within, random)]
    const leaves = staff.leaves(rep.id)
    if (leaves !== undefined && leaves <= now) {
      const colleagues = staff.onDuty(deal.region, Math.max(leaves, entered))
      if (colleagues.length > 0) {
        rep = { id: random.pick(colleagues), role: 'rep' }
        visit.push({ at: Math.max(leaves, entered) + 1, type: 'AssignDeal', data: { repId: rep.id } })
      }
    }
    if (!valued && i >= 2) visit.push({ at: within(0.5, 0.9), type: 'ValueDeal', data: { value } })
    valued ||= i >= 2

    const losing = (deal.line.losing[i] ?? 0.1) * (staff.weakness(rep.id, entered) === i ? WEAK : 1)
    if (random.chance(Math.min(0.8, losing / deal.worth))) {
      visit.push({
        at: now,
        type: 'LoseDeal',
        data: { reason: reasonOf(deal.playbook.lossReasons, 0.8 * (1 - progress), random) },
      })
      if (!commit(visit) || reopened || !random.chance(0.05)) return story
      now += random.logNormal(6 * DAY, 0.5)
      reopened = true
      if (!commit([{ at: now, type: 'ReopenDeal', data: { reason: 'customer came back' } }])) return story
      continue
    }
    const previous = stages[i - 1]
    if (previous && i >= 2 && random.chance(0.07)) {
      visit.push({ at: now, type: 'MoveDealBack', data: { to: previous.id, reason: random.pick(backReasons) } })
      if (!commit(visit)) return story
      i--
      continue
    }

    const next = stages[i + 1]
    const beyond = stages[i + 2]
    const target = next?.skippable && beyond && random.chance(0.15) ? beyond : next
    const [move, data]: [string, Record<string, unknown>] = target
      ? ['AdvanceDeal', target === next ? {} : { to: target.id, reason: 'customer needs no such step' }]
      : ['WinDeal', { value: yuan((value.amount / 100) * random.between(0.85, 1.08)) }]
    const required = provided.missing(stage, target)
    if (required.length > 0 && random.chance(0.12))
      visit.push({ at: within(0, 0.35), type: move, data, refused: 'gate-unmet' })
    for (const { type, data } of required) visit.push({ at: within(0.4, 0.95), type, data })
    visit.push({ at: now, type: move, data })
    if (!commit(visit) || !target) return story
    i = stages.indexOf(target)
  }
  return story
}

/** What goes on beside the moves: activities, some of them entered late, and what stands in the way for a while. */
function* happenings(
  playbook: PlaybookDefinition,
  progress: number,
  within: (from?: number, to?: number) => number,
  random: Random,
): Generator<Said> {
  for (let i = random.count(1.6); i > 0; i--) {
    const at = within(0.05, 0.9)
    const late = random.chance(0.1) ? { enteredAt: within(0.92, 0.99) } : {}
    yield { at, type: 'LogDealActivity', data: { kind: random.pick(activities) }, ...late }
  }
  if (random.chance(0.14)) {
    yield {
      at: within(0.1, 0.4),
      type: 'BlockDeal',
      data: { reason: reasonOf(playbook.blockingReasons, progress, random) },
    }
    yield { at: within(0.5, 0.97), type: 'UnblockDeal', data: {} }
  }
}

/** `at` from 0 to 1 is where in the list the usual reasons are: another stage has other troubles. */
function reasonOf(reasons: readonly { readonly id: string }[], at: number, random: Random): string {
  if (reasons.length === 0) return 'other'
  const usual = at * (reasons.length - 1)
  return random.weighted(reasons.map(({ id }, i) => ({ id, weight: 1 / (1 + Math.abs(i - usual)) ** 2 }))).id
}

/** What the deal has to show at gates so far, and the commands that bring what it lacks. */
class Provided {
  readonly #playbook: PlaybookDefinition
  readonly #line: Line
  readonly #random: Random
  readonly #evidence = new Map<string, number>()
  readonly #items = new Set<string>()

  constructor(playbook: PlaybookDefinition, line: Line, random: Random) {
    this.#playbook = playbook
    this.#line = line
    this.#random = random
  }

  /** The commands still needed to leave `stage` for `target` (to win, without one); they count as given from here on. */
  missing(stage: Stage, target: Stage | undefined): { type: string; data: Record<string, unknown> }[] {
    const gates = [stage.exit, ...(target ? [target.entry] : [])]
    const commands: { type: string; data: Record<string, unknown> }[] = []
    const once = (item: string) => !this.#items.has(item) && this.#items.add(item)
    for (const { evidence, fields, checklist } of gates) {
      for (const { kind, min } of evidence)
        for (let have = this.#evidence.get(kind) ?? 0; have < min; this.#evidence.set(kind, ++have))
          commands.push({ type: 'AttachEvidence', data: { kind, note: `${kind} ${have + 1}` } })
      for (const id of fields)
        if (once(`field ${id}`))
          commands.push({ type: 'SetDealFields', data: { fields: { [id]: this.#fieldValue(id) } } })
      for (const item of checklist)
        if (once(`item ${item}`)) commands.push({ type: 'CompleteChecklistItem', data: { item } })
    }
    return commands
  }

  #fieldValue(id: string): FieldValue {
    switch (this.#playbook.fields.find((field) => field.id === id)?.type) {
      case 'money':
        return yuan(this.#random.logNormal(this.#line.value, 0.4))
      case 'number':
        return this.#random.int(1, 200)
      default:
        return 'noted'
    }
  }
}

/** Whole hundreds of yuan. */
const yuan = (amount: number): Money => ({ amount: Math.round(amount / 100) * 10_000, currency: 'CNY' })
