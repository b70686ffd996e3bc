// The whole story as commands, made from nothing but its options: the same options tell the same story. It is told as it is asked for:
// no more of it is in memory than what is being told.
import { deriveId, msOf, type PlaybookDefinition } from '@headwater/schema'
import { dealStory } from './deal-story.ts'
import type { Setting } from './finance/customer-story.ts'
import { dealMoney, type WonDeal } from './finance/deal-money.ts'
import { type MonthClose, monthsOf } from './finance/months.ts'
import { finances } from './finance/plans.ts'
import { regularCustomers } from './finance/regulars.ts'
import { organisationId, type SimulationIdentity, simulationId } from './identity.ts'
import { type LeadOutcome, leadStory, marketing, type Prospect, prospect } from './lead-story.ts'
import { type Line, lines, seasons } from './market.ts'
import { headquarters, organise } from './organisation.ts'
import { Random } from './random.ts'
import { DAY, HOUR, type Step, Story } from './step.ts'
import { webStory } from './web-story.ts'

export interface SimulationOptions extends SimulationIdentity {
  /** The playbooks that deals are opened under, by id; they are published first. */
  readonly playbooks: Readonly<Record<string, PlaybookDefinition>>
}

interface Arrival {
  readonly n: number
  readonly line: Line
  readonly at: number
}

/** Steps in order. */
export type Told = readonly Step[]

interface Part {
  readonly name: string
  /** Of the share: its stories, some hundred in one block. Made as they are asked for. */
  readonly blocks: Iterable<readonly Told[]>
  /** What the ledger closes when the part is told. */
  readonly closes?: MonthClose | undefined
}

/** Each `of`-th block of every part, beginning with the one at `index`: what one of several tellers tells. */
export interface Share {
  readonly index: number
  readonly of: number
}

const everything: Share = { index: 0, of: 1 }

/**
 * Stories of one part are independent of each other and may be carried out in any order or at once. Parts are told in their order; a part
 * may begin when the one before is done, what it wrote can be looked up, and its month is closed.
 */
export interface Script {
  readonly parts: readonly Part[]
  /** How many stories there are, about. */
  readonly expected: number
}

/** Stories in a block. */
const BLOCK = 256

/** Share of the leads that come in a second time, and of those, how many are found and merged. */
const TWICE = 0.03
const MERGED = 0.65

/** Who is told after a cut-off comes in the same blocks as before it, so that a share needs nothing from the others. */
export function writeScript(options: SimulationOptions, share = everything): Script {
  const { seed, days } = options
  const until = msOf(options.endsAt)
  const from = until - days * DAY
  const prefix = simulationId(options)
  const chance = new Random(String(seed))
  const { story: organisation, staff } = organise(
    options,
    from,
    until,
    chance.fork('organisation'),
    organisationId(options),
  )

  const playbooks = Object.entries(options.playbooks).map(([id, definition]) => {
    const story = new Story(`${prefix}.${id}`, until)
    story.tell(from - 380 * DAY, headquarters, ['playbook', id], 'PublishPlaybook', { version: 1, definition })
    return story.steps
  })

  const months = monthsOf(from, until, prefix)
  const money: Setting = { staff, months, from, until, prefix }
  /** Who pays after a cut-off: noted while the leads are told, so that nobody else has to be made up again for it. */
  const payers = new Map<number, Arrival>()
  let prospectsInAll = 0

  const itself = (story: Told) => story
  const part = <T>(name: string, items: () => Iterable<T>, tell: (item: T) => Told): Part => ({
    ...{ name, blocks: { [Symbol.iterator]: () => blocksOf(items(), tell, share) } },
  })
  const parts: readonly Part[] = [
    part('organisation', () => [organisation.steps], itself),
    part('playbooks', () => playbooks, itself),
    part('plans and ledger', () => finances(months.firstPeriod, from, prefix), itself),
    part('leads and deals', prospects, leadAndDeal),
    part('duplicates', prospects, duplicate),
    { ...part('regular customers', regulars, (paid) => paid[0]!), closes: months.closes[0] },
    ...months.closes.map(({ period }, i) => ({
      ...part(`after the close of ${period}`, everybody, (who) => paidBy(who)[i + 1] ?? []),
      closes: months.closes[i + 1],
    })),
    part('end', () => [ending(prefix, until).steps], itself),
  ]
  const leadsInAll = options.leadsPerDay * days
  return { parts, expected: Math.ceil(leadsInAll * (1 + TWICE + 0.1 * months.closes.length) + options.reps) }

  /** Who comes, in order of time; `n` numbers them. */
  function* prospects(): Generator<Arrival> {
    let n = 0
    for (let day = 0; day <= days; day++)
      for (const { line, at } of arrivals(midnight(from) + day * DAY, options.leadsPerDay, chance.fork(`day ${day}`)))
        if (at >= from && at <= until) yield { n: n++, line, at }
    prospectsInAll = n
  }

  function leadAndDeal(who: Arrival): Told {
    const { steps, paid } = leadToMoney(who)
    const [first = [], ...later] = paid
    if (later.some((part) => part.length > 0)) payers.set(who.n, who)
    return [...steps, ...first]
  }

  function regulars(): Iterable<Told[]> {
    return regularCustomers(money, options.reps / options.stores, chance.fork('regulars'))
  }

  /** Who may pay after a cut-off: prospects by their number, each where it was when it came in, and regular customers. */
  function* everybody(): Generator<number | readonly Told[]> {
    for (let n = 0; n < prospectsInAll; n++) yield n
    yield* regulars()
  }

  /** What is entered between the cut-offs. */
  function paidBy(who: number | readonly Told[]): readonly Told[] {
    if (typeof who !== 'number') return who
    const payer = payers.get(who)
    return payer ? leadToMoney(payer).paid : []
  }

  function leadToMoney({ n, line, at }: Arrival): { steps: Told; paid: readonly Told[] } {
    const random = chance.fork(`lead ${n}`)
    const who = prospect(n, line, staff, random)
    const lead = leadStory(who, leadId(n), at, until, staff, random, prefix)
    const { steps, deal } = conversion(who, lead)
    const paid = deal ? dealMoney(deal, steps.at(-1), money, chance.fork(`money ${n}`)) : []
    const web = webStory(lead, line, { at, until, name: leadId(n) }, chance.fork(`web ${n}`), prefix)
    return { steps: [...lead.story.steps, ...steps, ...web.steps], paid }
  }

  /** The same person once more, by another way; perhaps found and merged into the first. Most never come again. */
  function duplicate({ n, line, at }: Arrival): Told {
    const random = chance.fork(`duplicate ${n}`)
    const again = at + random.logNormal(6 * DAY, 0.8)
    if (!random.chance(TWICE) || again > until) return []
    const first = leadId(n)
    const id = `${first}-2`
    const who = prospect(n, line, staff, chance.fork(`lead ${n}`))
    const { story } = leadStory(who, id, again, until, staff, random, prefix, true)
    if (random.chance(MERGED)) {
      const merged = again + random.between(2, 40) * HOUR
      story.tell(merged, marketing, ['lead', id], 'MergeLead', { intoLeadId: first })
      story.tell(merged, marketing, ['lead', first], 'AbsorbLead', { leadId: id })
    }
    return story.steps
  }

  /** What a conversion opens, customer and deal, and what becomes of the deal. */
  function conversion(who: Prospect, lead: LeadOutcome): { steps: Step[]; deal?: WonDeal } {
    if (!lead.converted) return { steps: [] }
    const { leadId, source, productLine, contact, converted } = lead
    const { at, commandId } = converted
    const actor = { id: converted.rep, role: 'rep' }
    const customerId = deriveId(commandId, 'customer')
    const dealId = deriveId(commandId, 'deal')
    const own = `${prefix}.${leadId}`
    const opening = new Story(`${own}.convert`, until)
    const organisation = who.company
    opening.tell(at, actor, ['customer', customerId], 'RegisterCustomer', {
      caseId: leadId,
      leadId,
      contact,
      organisation,
    })
    opening.tell(at, actor, ['deal', dealId], 'OpenDeal', {
      ...{ playbook: { id: who.line.playbook }, leadId, customerId, caseId: leadId, repId: actor.id },
      ...{ source, productLine, segment: who.segment.id },
    })
    const setting = {
      ...{ dealId, playbook: options.playbooks[who.line.playbook]!, line: who.line, region: who.region },
      ...{ rep: actor.id, at, worth: lead.worth, size: who.segment.worth },
    }
    const deal = dealStory(setting, until, staff, chance.fork(`deal ${leadId}`), own)
    const steps = [...opening.steps, ...deal.steps]
    return { steps, deal: { dealId, customerId, name: leadId, line: who.line, productLine } }
  }
}

/** Every item belongs to a block, of which there are as many for every share; items without a story count, too. */
function* blocksOf<T>(items: Iterable<T>, tell: (item: T) => Told, { index, of }: Share): Generator<readonly Told[]> {
  let block: Told[] = []
  let n = 0
  const isMine = () => Math.floor(n / BLOCK) % of === index
  for (const item of items) {
    if (isMine()) {
      const story = tell(item)
      if (story.length > 0) block.push(story)
      if ((n + 1) % BLOCK === 0) {
        yield block
        block = []
      }
    }
    n++
  }
  if (n % BLOCK !== 0 && isMine()) yield block
}

/** The very last step: headquarters gets a new colleague. Who meets it in the log knows that the story was told to its end. */
function ending(prefix: string, until: number): Story {
  const story = new Story(`${prefix}.end`, until)
  story.tell(until, headquarters, ['organisation', 'main'], 'HireRep', {
    repId: 'hq-2',
    name: '林晓',
    position: 'headquarters',
    superiorId: headquarters.id,
  })
  return story
}

const leadId = (n: number) => `L${String(n + 1).padStart(5, '0')}`
const midnight = (at: number) => Math.floor((at + 8 * HOUR) / DAY) * DAY - 8 * HOUR

/** Leads by the hour of the day in Shanghai, from 8 to 22. */
const hours = [2, 5, 8, 8, 6, 4, 5, 7, 7, 6, 6, 8, 9, 8, 4].map((weight, i) => ({ hour: 8 + i, weight }))

/** When the leads of a day come in, in order. `day` is its first moment (milliseconds). */
function arrivals(day: number, perDay: number, random: Random): { line: Line; at: number }[] {
  const date = new Date(day + 8 * HOUR)
  const average = perDay * seasons[date.getUTCMonth()]!
  return lines
    .flatMap((line) =>
      Array.from({ length: random.count(average * line.weight * line.week[date.getUTCDay()]!) }, () => ({
        line,
        at: day + (random.weighted(hours).hour + random.number()) * HOUR,
      })),
    )
    .sort((a, b) => a.at - b.at)
}
