// From the texts of a record to typed values; what cannot be read becomes a problem of the record.
import {
  type FieldValue,
  type Instant,
  InvalidInstant,
  localDate,
  type Money,
  MoneyError,
  msOf,
  type PlaybookDefinition,
  parseInstant,
  parseMoney,
  type TimeZone,
} from '@headwater/schema'
import type { MoneyRef, Ref, When } from '../mapping/schema.ts'

/** Why a record cannot be taken, for people and programs. */
export interface Problem {
  /** kebab-case */
  readonly code: string
  readonly reason: string
  readonly whatWouldBeRight: string
  readonly column?: string
  /** Where it is not the record's first line. */
  readonly line?: number
}

/** Takes a value out of a record; undefined where it is blank, or wrong, which is then among the problems. */
export type Read<R, T> = (record: R, problems: Problem[]) => T | undefined

/** How the text under a column's name is found in a record; blank where there is none. */
export type Bind<R> = (column: string) => (record: R) => string

export interface ValueSettings {
  readonly zone: TimeZone
  readonly dates?: string | undefined
  readonly numbers: { readonly decimal: string; readonly grouping?: string | undefined }
  readonly now: Instant
}

/** Readers for one kind of record; binding happens once, before the first record. */
export class Values<R> {
  private readonly bind: Bind<R>
  private readonly settings: ValueSettings

  constructor(bind: Bind<R>, settings: ValueSettings) {
    this.bind = bind
    this.settings = settings
  }

  text(ref: Ref | undefined): Read<R, string> {
    if (ref === undefined) return () => undefined
    if ('value' in ref) return () => ref.value
    const cell = this.bind(ref.column)
    const { map, default: fallback } = ref
    const translated = new Map(Object.entries(map ?? {}))
    return (record) => {
      const text = cell(record).trim()
      const value = translated.has(text) ? translated.get(text) : text
      return value || fallback
    }
  }

  /** A date or a time that is not in the future. */
  instant(ref: Ref | undefined): Read<R, Instant> {
    if (ref === undefined) return () => undefined
    const read = this.text(ref)
    const { zone, dates: format, now } = this.settings
    const column = columnOf(ref)
    return (record, problems) => {
      const text = read(record, problems)
      if (text === undefined) return undefined
      try {
        const instant = parseInstant(text, { zone, format })
        if (instant <= now) return instant
        problems.push({
          ...column,
          code: 'future-date',
          reason: `${text} is in the future`,
          whatWouldBeRight: 'a time that has come',
        })
      } catch (error) {
        if (!(error instanceof InvalidInstant)) throw error
        problems.push({
          ...column,
          code: 'not-a-date',
          reason: `"${text}" ${error.why}`,
          whatWouldBeRight: error.expected,
        })
      }
      return undefined
    }
  }

  money(ref: MoneyRef | undefined): Read<R, Money> {
    if (ref === undefined) return () => undefined
    const amount = this.text({ column: ref.column })
    const { currency } = ref
    const code = typeof currency === 'string' ? () => currency : this.text({ column: currency.column })
    return (record, problems) => {
      const text = amount(record, problems)
      if (text === undefined) return undefined
      try {
        return parseMoney(this.plainNumber(text), code(record, problems) ?? '')
      } catch (error) {
        if (!(error instanceof MoneyError)) throw error
        const currencyIsWrong = error.code === 'unknown-currency' && typeof currency !== 'string'
        problems.push({
          column: currencyIsWrong ? currency.column : ref.column,
          code: currencyIsWrong ? 'not-a-currency' : 'not-an-amount',
          reason: error.message,
          whatWouldBeRight: currencyIsWrong ? 'a code such as CNY' : `an amount such as ${this.example()}`,
        })
        return undefined
      }
    }
  }

  /** A playbook field, by its type. */
  field(ref: Ref | MoneyRef, type: PlaybookDefinition['fields'][number]['type']): Read<R, FieldValue> {
    if ('currency' in ref) return this.money(ref)
    if (type === 'date') {
      const read = this.instant(ref)
      return (record, problems) => {
        const instant = read(record, problems)
        return instant === undefined ? undefined : localDate(msOf(instant), this.settings.zone)
      }
    }
    const read = this.text(ref)
    const column = columnOf(ref)
    const parse = type === 'number' ? (text: string) => numberOf(this.plainNumber(text)) : booleanOf
    if (type !== 'number' && type !== 'boolean') return read
    return (record, problems) => {
      const text = read(record, problems)
      const value = text === undefined ? undefined : parse(text)
      if (text !== undefined && value === undefined) {
        const whatWouldBeRight =
          type === 'number' ? `a number such as ${this.example()}` : 'true or false, yes or no, 1 or 0'
        problems.push({ ...column, code: `not-a-${type}`, reason: `"${text}" is no ${type}`, whatWouldBeRight })
      }
      return value
    }
  }

  holds(when: When | undefined): (record: R) => boolean {
    if (when === undefined) return () => true
    const cell = this.bind(when.column)
    const values = new Set(when.is)
    return (record) => values.has(cell(record).trim())
  }

  private plainNumber(text: string): string {
    const { decimal, grouping } = this.settings.numbers
    const digits = grouping === undefined ? text : text.replaceAll(grouping, '')
    return decimal === '.' ? digits : digits.replace('.', ' ').replace(decimal, '.')
  }

  private example(): string {
    const { decimal, grouping } = this.settings.numbers
    return `1${grouping ?? ''}234${decimal}50`
  }
}

const columnOf = (ref: Ref) => ('column' in ref ? { column: ref.column } : {})

const numberOf = (text: string) => (/^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined)

function booleanOf(text: string): boolean | undefined {
  if (/^(?:true|yes|y|1|是)$/i.test(text)) return true
  return /^(?:false|no|n|0|否)$/i.test(text) ? false : undefined
}
