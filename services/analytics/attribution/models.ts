// The models by name, and what each is set with.
import { z } from 'zod'
import { type HeuristicModel, heuristic, weightings } from './heuristics.ts'
import type { Credits, Journeys } from './journeys.ts'
import { markov } from './markov.ts'
import { shapley } from './shapley.ts'

const heuristics = Object.keys(weightings) as HeuristicModel[]

/** Every model, in the order in which they are shown. */
export const ModelName = z.enum([...heuristics, 'markov', 'shapley'] as [HeuristicModel, 'markov', 'shapley'])
export type ModelName = HeuristicModel | 'markov' | 'shapley'
export const modelNames: readonly ModelName[] = ModelName.options

export const ModelSettings = z.object({
  /** Time decay. */
  halfLifeDays: z.number().positive().max(36_500).default(7),
  /** Position based: first, all between, last. */
  weights: z
    .tuple([z.number().min(0), z.number().min(0), z.number().min(0)])
    .refine(([first, between, last]) => Math.abs(first + between + last - 1) < 1e-9, { error: 'weights add up to 1' })
    .default([0.4, 0.2, 0.4]),
  /** Markov: how many of the last channels are a state. */
  order: z.int().min(1).max(5).default(1),
})
export type ModelSettings = z.infer<typeof ModelSettings>

/** What each channel is credited with by a model. */
export function creditsOf(model: ModelName, settings: ModelSettings, journeys: Journeys): Credits {
  if (model === 'markov') return markov(journeys, settings)
  if (model === 'shapley') return shapley(journeys)
  return heuristic(model, settings, journeys)
}
