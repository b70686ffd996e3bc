// The result of a run: models side by side, each giving out exactly what was achieved.
import type { AttributionParameters } from '@headwater/schema'
import { creditsOf, type ModelName, ModelSettings } from '../attribution/models.ts'
import { shared } from '../attribution/shared.ts'
import { columnsOf, keyOf } from '../journeys/columns.ts'
import type { JourneyTable } from '../journeys/journeys.ts'

/** What a model credits a key with. */
export interface ModelCredit {
  readonly model: string
  /** Rounded to millionths, so that those of all keys add up exactly. */
  readonly conversions: number
  /** Minor units. */
  readonly value: number
  /** Cost by conversion, in whole minor units; null where nothing is credited. */
  readonly costPerConversion: number | null
  /** Value by cost, to four decimals; null where nothing was spent. */
  readonly returnOnCost: number | null
}

export interface AttributionRow {
  readonly key: string
  /** In the time in question, of everybody. */
  readonly touches: number
  /** Of these touches, minor units. */
  readonly cost: number
  readonly credits: readonly ModelCredit[]
}

/** How often people came one way. */
export interface PathCount {
  readonly path: readonly string[]
  readonly conversions: number
  /** Minor units. */
  readonly value: number
  readonly notConverted: number
}

export interface AttributionResult {
  readonly rows: readonly AttributionRow[]
  /** Those that led to most successes, at most `TOP_PATHS`. */
  readonly paths: readonly PathCount[]
  readonly conversions: number
  /** Minor units of the currency that was asked for. */
  readonly value: number
  /** Successes without a touch in their window: nobody is credited with them. */
  readonly unattributed: { readonly conversions: number; readonly value: number }
  /** Persons who were touched and did not convert. */
  readonly notConverted: number
  readonly persons: number
  readonly cost: number
  /** Successes and costs in other currencies: their amounts are left out. */
  readonly otherCurrency: { readonly conversions: number; readonly costs: number }
}

const MILLION = 1_000_000
const TOP_PATHS = 20

/** The credits of each model, by the dimension that was asked for; the same facts have the same result, in whatever order they came. */
export function attribute(table: JourneyTable, parameters: AttributionParameters): AttributionResult {
  const { by, currency, models } = parameters
  const settings = ModelSettings.parse(parameters.settings)
  const journeys = columnsOf(table.journeys, by)
  const successes = table.journeys.flatMap(({ success, touches }) => (success ? [{ ...success, touches }] : []))
  const worth = (of: typeof successes) => ({
    conversions: of.length,
    value: of.reduce((sum, { value }) => sum + value, 0),
  })
  const attributed = worth(successes.filter(({ touches }) => touches.length > 0))
  const given = (models as ModelName[]).map((model) => {
    const credits = creditsOf(model, settings, journeys)
    return {
      model,
      conversions: shared(attributed.conversions * MILLION, credits.conversions),
      values: shared(attributed.value, credits.values),
    }
  })
  const spent = new Map<string, { touches: number; cost: number }>()
  let costs = 0
  for (const touch of table.touches) {
    const key = keyOf(touch, by)
    const own = spent.get(key) ?? { touches: 0, cost: 0 }
    spent.set(key, own)
    own.touches++
    if (touch.costCurrency === currency) own.cost += touch.cost ?? 0
    else if (touch.cost !== null) costs++
  }
  const places = new Map(journeys.channels.map((key, place) => [key, place]))
  const rows = [...new Set([...journeys.channels, ...spent.keys()])].sort().map((key): AttributionRow => {
    const { touches, cost } = spent.get(key) ?? { touches: 0, cost: 0 }
    const place = places.get(key)
    const credits = given.map(({ model, conversions, values }) => {
      const [millionths, value] = place === undefined ? [0, 0] : [conversions[place]!, values[place]!]
      return {
        ...{ model, conversions: millionths / MILLION, value },
        costPerConversion: millionths === 0 ? null : Math.round((cost * MILLION) / millionths),
        returnOnCost: cost === 0 ? null : Math.round((value * 10_000) / cost) / 10_000,
      }
    })
    return { key, touches, cost, credits }
  })
  return {
    rows,
    paths: topPaths(table, by),
    ...worth(successes),
    unattributed: worth(successes.filter(({ touches }) => touches.length === 0)),
    notConverted: table.journeys.length - successes.length,
    persons: table.persons,
    cost: rows.reduce((sum, { cost }) => sum + cost, 0),
    otherCurrency: { conversions: table.otherCurrency, costs },
  }
}

/** By successes, then value, then name. */
function topPaths({ journeys }: JourneyTable, by: AttributionParameters['by']): PathCount[] {
  const paths = new Map<string, PathCount>()
  for (const { success, touches } of journeys) {
    const path = touches.map((touch) => keyOf(touch, by))
    if (path.length === 0) continue
    const name = JSON.stringify(path)
    const { conversions, value, notConverted } = paths.get(name) ?? { conversions: 0, value: 0, notConverted: 0 }
    paths.set(
      name,
      success
        ? { path, conversions: conversions + 1, value: value + success.value, notConverted }
        : { path, conversions, value, notConverted: notConverted + 1 },
    )
  }
  return [...paths]
    .filter(([, { conversions }]) => conversions > 0)
    .sort(([a, x], [b, y]) => y.conversions - x.conversions || y.value - x.value || (a < b ? -1 : 1))
    .slice(0, TOP_PATHS)
    .map(([, path]) => path)
}
