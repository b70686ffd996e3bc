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
  const medium = utm.medium?.trim().toLowerCase()
  const source = (utm.source ?? referrer)?.trim().toLowerCase()
  if (medium === undefined && (source === undefined || source === '(direct)') && clickId === undefined)
    return utm.campaign === undefined ? DIRECT : UNASSIGNED
  const rule = rules.find(
    (each) =>
      (!each.clickId || (clickId !== undefined && each.clickId.includes(clickId))) &&
      (!each.medium || (medium !== undefined && each.medium.includes(medium))) &&
      (!each.source || (source !== undefined && each.source.some((name) => isOf(source, name)))),
  )
  return rule?.channel ?? (utm.source === undefined && medium === undefined ? WEB_REFERRAL : UNASSIGNED)
}

/** `baidu`: also `www.baidu.com` and `m.baidu.com`, not `notbaidu.com`. */
const isOf = (source: string, name: string) =>
  source === name || (source.includes('.') && source.split('.').slice(-3, -1).includes(name))
