// Figures and times as people read them.
import { formatMoney, type Instant, type Money } from '@headwater/schema'

export const NONE = '–'

/** `93784` seconds → `1 d 2 h`: the two largest units. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return NONE
  const whole = Math.round(Math.abs(seconds))
  const units: [string, number][] = [
    ['d', Math.floor(whole / 86_400)],
    ['h', Math.floor(whole / 3600) % 24],
    ['min', Math.floor(whole / 60) % 60],
    ['s', whole % 60],
  ]
  const first = units.findIndex(([, n]) => n > 0)
  if (first === -1) return '0 s'
  const shown = units.slice(first, first + 2).filter(([, n]) => n > 0)
  return (seconds < 0 ? '−' : '') + shown.map(([unit, n]) => `${n} ${unit}`).join(' ')
}

/** `0.12345` → `12.3 %`. */
export const percent = (share: number | null | undefined): string =>
  share === null || share === undefined ? NONE : `${(share * 100).toFixed(1)} %`

export const count = (n: number): string => n.toLocaleString('en-US')

/** To the minute, in the time zone of the machine. */
export function instant(at: Instant | Date | null | undefined): string {
  if (!at) return NONE
  return new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short' }).format(new Date(at))
}

export function money(value: Money | null | undefined): string {
  if (!value) return NONE
  const [whole = '', decimals] = formatMoney(value).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return `${value.currency} ${grouped}${decimals === undefined ? '' : `.${decimals}`}`
}
