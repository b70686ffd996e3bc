// What lies behind a number of a result: the journeys that a key is credited for.
import type { AttributionParameters } from '@headwater/schema'
import { creditsOf, ModelName, ModelSettings } from '../attribution/models.ts'
import { columnsOf, keyOf } from '../journeys/columns.ts'
import type { Journey, JourneyTable, Success } from '../journeys/journeys.ts'

export interface CreditedJourney extends Journey {
  readonly success: Success
  /** What of its success the model gives the key; null for Markov, whose credit is of no single journey. */
  readonly share: number | null
}

/** Journeys with a success for which the model gives the key something (Markov: which the key is part of), in order of their successes. */
export function creditedJourneys(
  { journeys }: JourneyTable,
  { by, settings }: AttributionParameters,
  model: string,
  key: string,
): CreditedJourney[] {
  const name = ModelName.parse(model)
  const set = ModelSettings.parse(settings)
  return journeys.flatMap((journey): CreditedJourney[] => {
    const { success, touches } = journey
    if (!success || !touches.some((touch) => keyOf(touch, by) === key)) return []
    if (name === 'markov') return [{ ...journey, success, share: null }]
    const columns = columnsOf([journey], by)
    const share = creditsOf(name, set, columns).conversions[columns.channels.indexOf(key)]!
    return share === 0 ? [] : [{ ...journey, success, share }]
  })
}
