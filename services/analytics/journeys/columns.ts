import { msOf, type TouchDimension } from '@headwater/schema'
import type { Journeys } from '../attribution/journeys.ts'
import type { TouchFact } from './facts.ts'
import type { Journey } from './journeys.ts'

/** Of touches that do not say. */
export const NOT_STATED = '(not stated)'

const field = { channel: 'channel', campaign: 'campaign', content: 'content', rep: 'repId' } as const

/** What a touch counts for. */
export const keyOf = (touch: TouchFact, by: TouchDimension): string => touch[field[by]] ?? NOT_STATED

/** Journeys as the models read them, by a dimension of their touches; `channels` are the keys in their order. */
export function columnsOf(journeys: readonly Journey[], by: TouchDimension): Journeys {
  const channels = [...new Set(journeys.flatMap(({ touches }) => touches.map((touch) => keyOf(touch, by))))].sort()
  const places = new Map(channels.map((key, place) => [key, place]))
  const length = journeys.reduce((sum, { touches }) => sum + touches.length, 0)
  const offsets = new Uint32Array(journeys.length + 1)
  const steps = new Uint32Array(length)
  const ages = new Float64Array(length)
  const direct = new Uint8Array(length)
  let at = 0
  journeys.forEach(({ touches, success }, path) => {
    const end = msOf(success?.at ?? touches.at(-1)!.occurredAt)
    for (const touch of touches) {
      steps[at] = places.get(keyOf(touch, by))!
      ages[at] = end - msOf(touch.occurredAt)
      direct[at++] = Number(touch.direct)
    }
    offsets[path + 1] = at
  })
  return {
    ...{ channels, offsets, steps, ages, direct },
    conversions: Float64Array.from(journeys, ({ success }) => (success ? 1 : 0)),
    values: Float64Array.from(journeys, ({ success }) => success?.value ?? 0),
    nulls: Float64Array.from(journeys, ({ success }) => (success ? 0 : 1)),
    lead: Int32Array.from(journeys, ({ lead }) => lead),
    deal: Int32Array.from(journeys, ({ deal }) => deal),
  }
}
