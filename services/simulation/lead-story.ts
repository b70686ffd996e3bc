// How one lead comes in, is touched, judged by marketing and by sales, and perhaps converted.
import { disqualifiedReasons, invalidReasons, type Line } from './market.ts'
import { companyName, personName, phone } from './names.ts'
import type { Staff } from './organisation.ts'
import type { Random } from './random.ts'
import { DAY, HOUR, MINUTE, Story } from './step.ts'

export const marketing = { id: 'marketing', role: 'marketing' }

/** Who the lead is: told once, so that a duplicate is the same person written another way. */
export interface Prospect {
  readonly line: Line
  /** Distinguishes the prospect from all others. */
  readonly n: number
  readonly name: string
  readonly company: string | undefined
  readonly region: string
  readonly segment: Line['segments'][number]
}

export interface LeadOutcome {
  readonly story: Story
  readonly leadId: string
  readonly contact: {
    readonly subject: string
    readonly name: string
    readonly phone: string
    readonly wechat?: string
  }
  readonly source: { readonly channel: string; readonly campaign?: string; readonly landingPage?: string }
  readonly productLine: string
  readonly worth: number
  /** Present where sales converts it: when (milliseconds), by whom, and the command that did. */
  readonly converted?: { readonly at: number; readonly rep: string; readonly commandId: string }
}

export function prospect(n: number, line: Line, staff: Staff, random: Random): Prospect {
  return {
    line,
    n,
    name: personName(random),
    company: line.playbook === 'b2b-device' ? companyName(n, random) : undefined,
    region: random.pick(staff.regions),
    segment: random.weighted(line.segments),
  }
}

/** The story of a lead captured at `at` (milliseconds). A duplicate is left to whoever merges it. */
export function leadStory(
  who: Prospect,
  leadId: string,
  at: number,
  until: number,
  staff: Staff,
  random: Random,
  prefix: string,
  duplicate = false,
): LeadOutcome {
  const { line } = who
  const story = new Story(`${prefix}.${leadId}`, until)
  const tell = (when: number, actor: typeof marketing, type: string, data: Record<string, unknown> = {}) =>
    story.tell(when, actor, ['lead', leadId], type, data)

  const channel = random.weighted(line.channels)
  const campaign = channel.campaigns && random.chance(0.85) ? random.pick(channel.campaigns) : undefined
  const source = {
    channel: channel.id,
    ...(campaign && { campaign }),
    ...(channel.landingPage && { landingPage: channel.landingPage }),
  }
  const productLine = random.weighted(line.productLines).id
  const contact = {
    subject: `person-${leadId}`,
    name: who.name,
    phone: phone(who.n, random),
    ...(random.chance(0.3) && { wechat: `wx_${who.n.toString(36)}${random.int(10, 99)}` }),
  }
  tell(at, marketing, 'CaptureLead', {
    contact,
    ...(who.company && { organisation: who.company }),
    tags: { type: random.pick(line.leadTypes), region: who.region, firstContactChannel: channel.id },
    source,
    productLine,
    segment: who.segment.id,
  })
  const outcome = { story, leadId, contact, source, productLine, worth: channel.worth }

  const assignedAt = at + random.logNormal(40 * MINUTE, 1.2)
  const onDuty = staff.onDuty(who.region, assignedAt)
  if (onDuty.length === 0 || random.chance(0.04)) return outcome
  const rep = { id: random.pick(onDuty), role: 'rep' }
  tell(assignedAt, { id: `rm-${staff.regions.indexOf(who.region) + 1}`, role: 'regional-manager' }, 'AssignLead', {
    repId: rep.id,
  })
  if (duplicate) return outcome

  let now = assignedAt + random.logNormal(3 * HOUR, 0.9)
  tell(now, rep, 'TouchLead', { channel: 'hotline', direction: 'outbound' })
  for (let i = random.count(0.8); i > 0; i--) {
    now += random.logNormal(1.2 * DAY, 0.7)
    const again = random.weighted(line.channels)
    tell(now, marketing, 'TouchLead', {
      channel: again.id,
      ...(again.campaigns && { campaign: random.pick(again.campaigns) }),
      direction: 'inbound',
    })
    // A call of the day before, entered late.
    if (random.chance(0.15))
      tell(now - random.between(2, 20) * HOUR, rep, 'TouchLead', { channel: 'hotline', direction: 'outbound' })
  }

  now += random.logNormal(5 * HOUR, 0.8)
  const valid = random.chance(channel.valid)
  const judged = random.chance(valid ? 0.95 : 0.75)
  if (judged && valid) tell(now, marketing, 'MarkLeadValid')
  else if (judged) tell(now, marketing, 'MarkLeadInvalid', { reason: random.pick(invalidReasons) })

  // Sales makes up its own mind: the two judgements overlap, but are not the same.
  now += random.logNormal(1 * DAY, 0.7)
  const convertible = random.chance(Math.min(0.9, (valid ? 0.6 : 0.1) * channel.worth ** 0.5))
  if (!convertible) {
    if (random.chance(0.7)) tell(now, rep, 'DisqualifyLead', { reason: random.pick(disqualifiedReasons) })
    return outcome
  }
  tell(now, rep, 'QualifyLead')
  now += random.logNormal(1.5 * DAY, 0.8)
  const left = staff.leaves(rep.id)
  const gone = left !== undefined && left <= now
  if (gone || !random.chance(0.75)) return outcome
  const commandId = tell(now, rep, 'ConvertLead')
  return commandId ? { ...outcome, converted: { at: now, rep: rep.id, commandId } } : outcome
}
