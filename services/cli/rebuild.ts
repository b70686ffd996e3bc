import { rebuildAll } from '@headwater/projections'
import type { Answer } from './answer.ts'
import { modelsCalled } from './models.ts'
import { withSession } from './session.ts'
import { count } from './terminal/format.ts'
import { interrupted } from './terminal/interrupted.ts'
import { logProgress } from './terminal/log-progress.ts'
import { table } from './terminal/table.ts'

export function rebuild(name: string | undefined, { json }: { readonly json?: boolean } = {}): Promise<Answer> {
  const models = modelsCalled(name)
  const signal = interrupted('rebuild again to complete it; what there was before goes on answering')
  return withSession(
    async (sources) => {
      const progress = logProgress('rebuilding', { quiet: json })
      const started = performance.now()
      const checkpoints = await rebuildAll(sources, models, { signal, onProgress: progress.update }).finally(
        progress.stop,
      )
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
