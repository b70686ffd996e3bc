// What the simulated business sells, to whom and through which channels: the odds of the story.

export interface Channel {
  readonly id: string
  /** Share of the line's leads. */
  readonly weight: number
  /** Odds that marketing finds a lead valid. */
  readonly valid: number
  /** Multiplies the odds of winning. */
  readonly worth: number
  readonly campaigns?: readonly string[]
  readonly landingPage?: string
  /** How a link of the channel is marked, and what a click on it costs (fen). */
  readonly link?: { readonly source: string; readonly medium: string; readonly cost: number }
}

export interface Line {
  readonly playbook: string
  /** Share of all leads. */
  readonly weight: number
  /** Leads by weekday, Sunday first, against an average day. */
  readonly week: readonly [number, number, number, number, number, number, number]
  readonly channels: readonly Channel[]
  readonly leadTypes: readonly string[]
  readonly productLines: readonly { readonly id: string; readonly weight: number }[]
  readonly segments: readonly { readonly id: string; readonly weight: number; readonly worth: number }[]
  /** Median deal in yuan. */
  readonly value: number
  /** Days a stage usually takes (median), in the order of the playbook's stages. */
  readonly pace: readonly number[]
  /** Odds of losing the deal in each stage. */
  readonly losing: readonly number[]
}

const autumn = ['autumn-renovation', 'kitchen-week', 'old-house-new-look']

const home: Line = {
  playbook: 'home-improvement',
  weight: 0.82,
  week: [1.45, 0.8, 0.78, 0.82, 0.86, 1.0, 1.5],
  channels: [
    {
      id: 'douyin-ads',
      weight: 24,
      valid: 0.58,
      worth: 0.75,
      campaigns: autumn,
      landingPage: '/lp/quote-in-60s',
      link: { source: 'douyin', medium: 'cpc', cost: 38_00 },
    },
    {
      id: 'wechat-moments',
      weight: 15,
      valid: 0.64,
      worth: 0.9,
      campaigns: autumn,
      landingPage: '/lp/design-day',
      link: { source: 'wechat', medium: 'cpc', cost: 45_00 },
    },
    {
      id: 'baidu-search',
      weight: 13,
      valid: 0.71,
      worth: 1.05,
      campaigns: ['brand', 'kitchen'],
      landingPage: '/kitchen',
      link: { source: 'baidu', medium: 'cpc', cost: 82_00 },
    },
    {
      id: 'xiaohongshu',
      weight: 12,
      valid: 0.66,
      worth: 0.95,
      campaigns: ['home-diaries'],
      landingPage: '/lp/diary',
      link: { source: 'xiaohongshu', medium: 'feed', cost: 26_00 },
    },
    { id: 'store-walk-in', weight: 14, valid: 0.88, worth: 1.5 },
    { id: 'referral', weight: 8, valid: 0.92, worth: 1.9 },
    { id: 'hotline', weight: 6, valid: 0.8, worth: 1.2 },
    { id: 'community-event', weight: 5, valid: 0.74, worth: 1.1, campaigns: ['model-flat-open-day'] },
    { id: 'designer-partner', weight: 3, valid: 0.9, worth: 1.7 },
  ],
  leadTypes: ['new-home', 'renovation', 'single-room'],
  productLines: [
    { id: 'whole-house', weight: 30 },
    { id: 'kitchen', weight: 34 },
    { id: 'wardrobe', weight: 24 },
    { id: 'bathroom', weight: 12 },
  ],
  segments: [
    { id: 'new-flat', weight: 55, worth: 1 },
    { id: 'second-hand-flat', weight: 35, worth: 0.8 },
    { id: 'villa', weight: 10, worth: 2.8 },
  ],
  value: 62_000,
  pace: [0.8, 2.5, 6, 5, 4],
  losing: [0.18, 0.2, 0.16, 0.2, 0.1],
}

const devices: Line = {
  playbook: 'b2b-device',
  weight: 0.18,
  week: [0.25, 1.3, 1.35, 1.3, 1.25, 1.15, 0.4],
  channels: [
    {
      id: 'website-form',
      weight: 30,
      valid: 0.7,
      worth: 1,
      campaigns: ['white-paper'],
      landingPage: '/devices/contact',
    },
    {
      id: 'baidu-search',
      weight: 18,
      valid: 0.66,
      worth: 0.9,
      campaigns: ['devices'],
      landingPage: '/devices',
      link: { source: 'baidu', medium: 'cpc', cost: 82_00 },
    },
    { id: 'trade-fair', weight: 24, valid: 0.8, worth: 1.3, campaigns: ['cmef-autumn'] },
    { id: 'cold-call', weight: 14, valid: 0.45, worth: 0.6 },
    { id: 'referral', weight: 14, valid: 0.92, worth: 1.8 },
  ],
  leadTypes: ['first-purchase', 'replacement', 'expansion'],
  productLines: [
    { id: 'imaging', weight: 30 },
    { id: 'monitoring', weight: 45 },
    { id: 'sterilisation', weight: 25 },
  ],
  segments: [
    { id: 'hospital', weight: 40, worth: 1.8 },
    { id: 'clinic', weight: 45, worth: 0.8 },
    { id: 'care-home', weight: 15, worth: 0.6 },
  ],
  value: 380_000,
  pace: [4, 7, 9, 8, 6],
  losing: [0.15, 0.16, 0.18, 0.12, 0.05],
}

/** Leads by month, January first, against an average day: little around the spring festival, most in spring and autumn. */
export const seasons = [0.8, 0.55, 1.1, 1.2, 1.15, 1.05, 0.95, 0.95, 1.1, 1.1, 1.1, 0.95] as const

export const lines: readonly Line[] = [home, devices]

export const invalidReasons = ['wrong number', 'not looking to buy', 'outside our area', 'advertising']
export const disqualifiedReasons = ['no budget', 'no answer after five calls', 'bought elsewhere', 'renovation put off']
