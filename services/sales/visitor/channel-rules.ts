import type { ClickId } from '@headwater/schema'

/** Which visits are of a channel: all that is said must hold. A list holds where one of it is met, in small letters. */
export interface ChannelRule {
  readonly channel: string
  /** `utm_source`, or without one the host that linked here; `baidu` stands for `www.baidu.com` as well. */
  readonly source?: readonly string[]
  /** `utm_medium`. */
  readonly medium?: readonly string[]
  readonly clickId?: readonly ClickId[]
}

const paid = ['cpc', 'ppc', 'paid', 'paid-search', 'paid-social', 'paidsearch', 'paidsocial', 'retargeting', 'feed-ads']
const search = ['baidu', 'sogou', 'so', 'sm', 'google', 'bing', 'yahoo', 'duckduckgo', 'yandex']
const social = ['weibo', 'zhihu', 'bilibili', 'kuaishou', 'facebook', 'instagram', 'linkedin', 'twitter', 'x', 't.co']

/**
 * The first rule that holds names the channel. After the default channel group of Google Analytics 4 (support.google.com/analytics/answer/9756891),
 * with the networks of this market before it.
 */
export const channelRules: readonly ChannelRule[] = [
  { channel: 'douyin-ads', clickId: ['ttclid'] },
  { channel: 'douyin-ads', source: ['douyin', 'tiktok', 'oceanengine'], medium: paid },
  { channel: 'douyin', source: ['douyin', 'tiktok'] },
  { channel: 'wechat-moments', clickId: ['qz_gdt'] },
  { channel: 'wechat-moments', source: ['wechat', 'weixin', 'moments'], medium: paid },
  { channel: 'wechat', source: ['wechat', 'weixin'] },
  { channel: 'xiaohongshu', source: ['xiaohongshu', 'xhs', 'rednote'] },
  { channel: 'baidu-search', clickId: ['bd_vid'] },
  { channel: 'baidu-search', source: ['baidu'], medium: paid },
  { channel: 'paid-search', clickId: ['gclid', 'msclkid'] },
  { channel: 'paid-search', source: search, medium: paid },
  { channel: 'paid-social', clickId: ['fbclid'], medium: paid },
  { channel: 'paid-social', source: social, medium: paid },
  { channel: 'display', medium: ['display', 'banner', 'expandable', 'interstitial', 'cpm'] },
  { channel: 'paid-other', medium: paid },
  { channel: 'email', source: ['email', 'e-mail', 'newsletter'] },
  { channel: 'email', medium: ['email', 'e-mail', 'newsletter'] },
  { channel: 'sms', medium: ['sms'] },
  { channel: 'sms', source: ['sms'] },
  { channel: 'affiliate', medium: ['affiliate'] },
  { channel: 'push', medium: ['push', 'notification', 'mobile'] },
  { channel: 'organic-search', medium: ['organic'] },
  { channel: 'organic-search', source: search },
  { channel: 'organic-social', medium: ['social', 'social-network', 'social-media', 'sm'] },
  { channel: 'organic-social', source: social },
]
