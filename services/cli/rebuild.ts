import { type ReadModel, readModels, rebuildAll } from '@headwater/projections'
import type { Answer } from './answer.ts'
import { withSession } from './session.ts'
import { ExitCode, Failure } from './terminal/failure.ts'
import { count } from './terminal/format.ts'
import { passage } from './terminal/progress.ts'
import { table } from './terminal/table.ts'

/** All of them without a name. */
export function rebuild(name?: string): Promise<Answer> {
  const models = name === undefined ? readModels : [namedModel(name)]
  return withSession(
    async (sources) => {
      const bar = passage('rebuilding')
      const started = performance.now()
      const checkpoints = await rebuildAll(sources, models, { onProgress: bar.update }).finally(bar.end)
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

/** @throws Failure that says which there are */
export function namedModel(name: string): ReadModel {
  const model = readModels.find((model) => model.name === name)
  if (model) return model
  const names = readModels.map((model) => model.name).join(', ')
  throw new Failure(`there is no read model ${name}; there are: ${names}`, ExitCode.usage)
}
