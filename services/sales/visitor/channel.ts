// From a link's parameters to a channel, by rules that are data.
import type { ClickId, Utm } from '@headwater/schema'
import { type ChannelRule, channelRules } from './channel-rules.ts'

/** What is known of how somebody came. */
export interface Arrival {
  readonly utm?: Utm | undefined
  readonly clickId?: ClickId | undefined
  /** Host of the page that linked here. */
  readonly referrer?: string | undefined
}

/** Of who came without any link. */
export const DIRECT = 'direct'
/** Of a link that no rule knows. */
export const WEB_REFERRAL = 'web-referral'
/** Of a campaign's parameters that no rule knows. */
export const UNASSIGNED = 'unassigned'

/**
 * The channel of a visit: the first rule that holds, else `unassigned` where a campaign's link led here, `web-referral` where any
 * other did, and `direct` where none did.
 */
export function channelOf(arrival: Arrival, rules: readonly ChannelRule[] = channelRules): string {
  const { utm = {}, clickId, referrer } = arrival
  const [medium, source] = [said(utm.medium), said(utm.source ?? referrer)]
  if (medium === undefined && source === undefined && clickId === undefined)
    return utm.campaign === undefined ? DIRECT : UNASSIGNED
  const rule = rules.find(
    (each) =>
      (!each.clickId || (clickId !== undefined && each.clickId.includes(clickId))) &&
      (!each.medium || (medium !== undefined && each.medium.includes(medium))) &&
      (!each.source || (source !== undefined && each.source.some((name) => isOf(source, name)))),
  )
  return rule?.channel ?? (said(utm.source) === undefined && medium === undefined ? WEB_REFERRAL : UNASSIGNED)
}

/** In small letters; what tools of web analytics write where there is nothing is nothing. */
function said(text: string | undefined): string | undefined {
  const word = text?.trim().toLowerCase()
  return word === '(direct)' || word === '(none)' || word === '(not set)' ? undefined : word
}

/** `baidu`: also `www.baidu.com` and `m.baidu.com`, not `notbaidu.com`. */
const isOf = (source: string, name: string) =>
  source === name || (source.includes('.') && source.split('.').slice(-3, -1).includes(name))
