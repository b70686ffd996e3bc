import { type ReadModel, readModels } from '@headwater/projections'
import { ExitCode, Failure } from './terminal/failure.ts'

/** The read model of this name, or all where none is named. @throws Failure where there is no such one */
export function modelsCalled(name: string | undefined): readonly ReadModel[] {
  const models = readModels.filter((model) => name === undefined || model.name === name)
  if (models.length === 0)
    throw new Failure(
      `there is no read model ${name}; there are: ${readModels.map((m) => m.name).join(', ')}`,
      ExitCode.usage,
    )
  return models
}
