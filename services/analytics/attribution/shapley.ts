import type { Credits, Journeys } from './journeys.ts'

/**
 * The Shapley value (Shapley, "A value for n-person games", 1953) of the game in which a coalition of channels is worth what the paths achieved
 * that need no other channel: the simplified method of Zhao, Mahboobi and Bagheri, "Shapley value methods for attribution modeling in online
 * advertising" (2018, arXiv:1804.05327). Such a game is a sum of unanimity games, one for each set of channels that some path consists of,
 * whose members share alike; so the value is exact for any number of channels, in one pass over the paths.
 */
export function shapley({ channels, offsets, steps, conversions, values }: Journeys): Credits {
  const credits = { conversions: new Float64Array(channels.length), values: new Float64Array(channels.length) }
  for (let path = 0; path < conversions.length; path++) {
    if (conversions[path] === 0) continue
    const members = new Set(steps.subarray(offsets[path], offsets[path + 1]))
    for (const channel of members) {
      credits.conversions[channel]! += conversions[path]! / members.size
      credits.values[channel]! += values[path]! / members.size
    }
  }
  return credits
}
