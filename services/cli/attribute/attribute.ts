// `headwater attribute`: every model over a file of paths, to check them against another tool.
import { randomUUID } from 'node:crypto'
import { rename, rm, writeFile } from 'node:fs/promises'
import {
  attributionPicture,
  creditsOf,
  type Journeys,
  ModelName,
  ModelSettings,
  modelNames,
  type PictureLanguage,
  pathTable,
  shared,
  transitions,
} from '@headwater/analytics'
import { toCsv } from '@headwater/audit'
import { ExitCode, Failure } from '../terminal/failure.ts'
import { readPathsOf, UNIT } from './paths-file.ts'

export interface AttributeOptions {
  readonly paths: string
  readonly models?: readonly string[]
  readonly order?: number
  /** In steps. */
  readonly halfLife?: number
  readonly weights?: readonly number[]
  readonly direct: string
  readonly separator: string
  readonly format: 'json' | 'csv'
  readonly out?: string
  readonly svg?: string
  readonly lang?: PictureLanguage
}

/** What a model credits a channel with, exact to millionths. */
export interface ChannelCredit {
  readonly model: ModelName
  readonly channel: string
  readonly conversions: number
  readonly value: number
}

/** Prints the credits, or writes them to a file that is there whole or not at all. @throws ImportError, Failure */
export async function attribute(options: AttributeOptions): Promise<void> {
  const { halfLife: halfLifeDays, weights, order } = options
  const models = namesOf(options.models)
  const settings = ModelSettings.safeParse({ halfLifeDays, weights, order })
  if (!settings.success) throw new Failure(settings.error.issues[0]!.message, ExitCode.usage)
  const journeys = pathTable(await readPathsOf(options.paths, options.separator), options.direct)
  const total = (of: Float64Array) => of.reduce((sum, units) => sum + units, 0)
  const results = models.flatMap((model): ChannelCredit[] => {
    const credits = creditsOf(model, settings.data, journeys)
    const conversions = shared(total(journeys.conversions), credits.conversions)
    const values = shared(total(journeys.values), credits.values)
    return journeys.channels.map((channel, place) => ({
      ...{ model, channel, conversions: conversions[place]! / UNIT, value: values[place]! / UNIT },
    }))
  })
  if (options.svg !== undefined) await write(picture(models, journeys, results, options.lang), options.svg)
  if (options.format === 'csv') {
    const columns = ['model', 'channel', 'conversions', 'value'] as const
    const rows = results.map((result) => columns.map((column) => String(result[column])))
    return write(toCsv({ name: '', columns, rows }), options.out)
  }
  const json = {
    results,
    ...(models.includes('markov') && {
      markov: { order: settings.data.order, transitions: transitions(journeys, settings.data.order) },
    }),
  }
  await write(`${JSON.stringify(json, null, 2)}\n`, options.out)
}

/** Of conversions. */
function picture(
  models: readonly ModelName[],
  { channels, offsets, steps, conversions, nulls }: Journeys,
  results: readonly ChannelCredit[],
  language?: PictureLanguage,
): string {
  const best = [...conversions.keys()].sort((a, b) => conversions[b]! - conversions[a]! || a - b).slice(0, MOST_PATHS)
  return attributionPicture(
    {
      models,
      rows: channels.map((key, i) => ({
        key,
        credits: models.map((_, model) => results[model * channels.length + i]!.conversions),
      })),
      paths: best.map((path) => ({
        path: [...steps.subarray(offsets[path], offsets[path + 1])].map((step) => channels[step]!),
        conversions: conversions[path]! / UNIT,
        notConverted: nulls[path]! / UNIT,
      })),
    },
    language,
  )
}

const MOST_PATHS = 10

function namesOf(given: readonly string[] = modelNames): ModelName[] {
  return given.map((name) => {
    const { success, data } = ModelName.safeParse(name)
    if (!success) throw new Failure(`there is no model ${name}: they are ${modelNames.join(', ')}`, ExitCode.usage)
    return data
  })
}

async function write(text: string, out: string | undefined): Promise<void> {
  if (out === undefined) return void process.stdout.write(text)
  const draft = `${out}.${randomUUID()}`
  try {
    await writeFile(draft, text, { flag: 'wx' })
    await rename(draft, out)
  } catch (cause) {
    await rm(draft, { force: true })
    throw new Failure(`${out} cannot be written`, ExitCode.refused, { cause })
  }
}
