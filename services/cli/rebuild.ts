import { readModels, rebuildAll } from '@headwater/projections'
import type { Answer } from './answer.ts'
import { withSession } from './session.ts'
import { ExitCode, Failure } from './terminal/failure.ts'
import { count } from './terminal/format.ts'
import { status } from './terminal/progress.ts'
import { table } from './terminal/table.ts'

export function rebuild(name?: string): Promise<Answer> {
  const models = readModels.filter((model) => name === undefined || model.name === name)
  if (models.length === 0)
    throw new Failure(
      `there is no read model ${name}; there are: ${readModels.map((m) => m.name).join(', ')}`,
      ExitCode.usage,
    )
  return withSession(
    async (sources) => {
      const line = status()
      const started = performance.now()
      const furthest = new Map<string, number>()
      const checkpoints = await rebuildAll(sources, models, {
        onProgress({ model, events }) {
          furthest.set(model, events)
          line.say(`rebuilding: ${[...furthest].map(([name, events]) => `${name} ${count(events)}`).join(', ')} events`)
        },
      })
      line.end()
      const seconds = (performance.now() - started) / 1000
      const rebuilt = checkpoints.map(({ model, events, position = null }) => ({ model, events, position }))
      return {
        json: { rebuilt, seconds },
        text: () => `${table(
          ['read model', 'events'],
          rebuilt.map(({ model, events }) => [model, count(events)]),
        )}
in ${seconds.toFixed(1)} s`,
      }
    },
    { upToDate: false },
  )
}
