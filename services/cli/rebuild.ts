import { readModels, rebuild as rebuildModel } from '@headwater/projections'
import type { Position } from '@headwater/schema'
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
      const rebuilt: { model: string; events: number; position: Position | null; seconds: number }[] = []
      for (const model of models) {
        const line = status()
        const started = performance.now()
        const say = ({ events }: { events: number }) => line.say(`rebuilding ${model.name}: ${count(events)} events`)
        const { events, position = null } = await rebuildModel(sources, model, { onProgress: say })
        line.end()
        rebuilt.push({ model: model.name, events, position, seconds: (performance.now() - started) / 1000 })
      }
      return {
        json: { rebuilt },
        text: () =>
          table(
            ['read model', 'events', 'seconds'],
            rebuilt.map(({ model, events, seconds }) => [model, count(events), seconds.toFixed(1)]),
          ),
      }
    },
    { upToDate: false },
  )
}
