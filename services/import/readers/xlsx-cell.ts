// What a cell of a workbook says, as text.

export interface Formats {
  readonly texts: readonly string[]
  /** By number of the cell's style. */
  readonly isDate: readonly boolean[]
  /** Days are counted from 1904 and not from 1900. */
  readonly date1904: boolean
}

/** What a cell refers to and the workbook does not have: read without it, the cell would say something else. */
export function missing(
  { type, style, text }: { type: string; style: number; text: string },
  { texts, isDate }: Formats,
): string | undefined {
  if (type === 's' && text !== '' && texts[Number(text)] === undefined) return `shared text ${text}, which is not there`
  return style > 0 && isDate[style] === undefined ? `style ${style}, which is not there` : undefined
}

/** `type` as ECMA-376 has it (ST_CellType): s, str, inlineStr, b, e, d or n. */
export function cellText(
  { type, style, text }: { type: string; style: number; text: string },
  formats: Formats,
): string {
  if (type === 's') return unescaped(formats.texts[Number(text)] ?? '')
  if (type === 'b') return text === '1' ? 'true' : text === '0' ? 'false' : text
  if (type !== 'n') return unescaped(text)
  const number = Number(text)
  if (text === '' || !Number.isFinite(number)) return text
  return formats.isDate[style] ? dateText(number, formats.date1904) : String(Number(number.toPrecision(15)))
}

/**
 * Whether a number format shows a date or time: the built-in ones (ECMA-376 18.8.30, those of East Asia included), and codes with letters of dates
 * outside quotes and brackets.
 */
export function isDateFormat(id: number, code: string | undefined): boolean {
  if (code === undefined)
    return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58)
  const letters = code.replace(/"[^"]*"|\\.|_.|\*./g, '').replace(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '')
  return !/general/i.test(letters) && /[ymdhs]/i.test(letters)
}

const dayMs = 86_400_000

/** A serial number of days as local `2026-11-22 14:00:00.000`. Excel counts a 29 February 1900 that never was: before it, days are one too few. */
function dateText(serial: number, date1904: boolean): string {
  const days = date1904 ? serial + 1462 : serial < 60 ? serial + 1 : serial
  const date = new Date(Math.round((days - 25_569) * dayMs))
  return Number.isNaN(date.getTime()) ? String(serial) : date.toISOString().slice(0, -1).replace('T', ' ')
}

/** `_x000D_` stands for a character that XML cannot hold. */
const unescaped = (text: string) =>
  text.includes('_x')
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    : text
