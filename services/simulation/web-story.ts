// What the website saw before it knew who it was: the visits that led to a lead, and some that led to none.
import { type LeadOutcome, marketing } from './lead-story.ts'
import type { Channel, Line } from './market.ts'
import type { Random } from './random.ts'
import { DAY, MINUTE, Story } from './step.ts'

/** Share of those with a link who let us recognise them. */
const RECOGNISED = 0.2
/** Recognised visitors who come to nothing, for each lead. */
const LOST = 0.05

/**
 * Who came in by a link had clicked it just before, and perhaps others in the weeks before; the form they sent says who they are. `at` and `until`
 * in milliseconds.
 */
export function webStory(
  { leadId, source }: LeadOutcome,
  line: Line,
  { at, until, name }: { readonly at: number; readonly until: number; readonly name: string },
  random: Random,
  prefix: string,
): Story {
  const story = new Story(`${prefix}.${name}.web`, until)
  const linked = line.channels.filter(({ link }) => link)
  const click = (visitor: string, when: number, channel: Channel, campaign: string | undefined) => {
    const { link, campaigns, landingPage } = channel
    if (!link) return
    const { cost, ...utm } = link
    story.tell(when, marketing, ['visitor', visitor], 'TouchVisitor', {
      utm: { ...utm, campaign: campaign ?? random.pick(campaigns!) },
      landingPage,
      cost: { amount: cost, currency: 'CNY' },
      system: 'web',
    })
  }
  const last = linked.find(({ id }) => id === source.channel)
  if (last && random.chance(RECOGNISED)) {
    const visitor = `v-${name}`
    for (let i = random.count(0.5); i > 0; i--)
      click(visitor, at - random.between(1, 25) * DAY, random.weighted(linked), undefined)
    click(visitor, at - random.between(2, 20) * MINUTE, last, source.campaign)
    story.tell(at, marketing, ['visitor', visitor], 'IdentifyVisitor', { leadId })
  }
  if (linked.length > 0 && random.chance(LOST))
    click(`v-${name}-x`, at - random.between(1, 48) * 30 * MINUTE, random.weighted(linked), undefined)
  return story
}
