import { type ModelName, type ModelSettings, modelNames } from '@headwater/analytics'
import type { AttributionQuestion } from '@headwater/application'
import { Currency, type Instant, InvalidInstant, parseInstant } from '@headwater/schema'
import type { Answer } from '../answer.ts'
import { envelopeOf, granted } from '../commission/acting.ts'
import { replayUntil } from '../replay/until.ts'
import { operator, withSession } from '../session.ts'
import { ExitCode, Failure } from '../terminal/failure.ts'
import { type Outputs, shown } from './shown.ts'

export interface RunOptions extends Outputs {
  readonly models?: readonly ModelName[]
  readonly all?: boolean
  readonly conversion: AttributionQuestion['conversion']
  readonly by: AttributionQuestion['by']
  readonly from?: string
  readonly to?: string
  readonly lookBack: number
  readonly at?: string
  readonly zone?: string
  readonly currency: string
  readonly halfLife?: number
  readonly weights?: ModelSettings['weights']
  readonly order?: number
}

/** The models that are shown where none is named. */
const usual: readonly ModelName[] = ['first', 'last', 'linear', 'position', 'markov', 'shapley']

/** @throws Failure for wrong words; otherwise as `Attribution.run` */
export function run(options: RunOptions): Promise<Answer> {
  const { at, conversion, by, lookBack, currency, halfLife, weights, order } = options
  const zone = options.zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone
  if (!Currency.safeParse(currency).success)
    throw new Failure(`--currency ${currency}: not an ISO 4217 code such as CNY`, ExitCode.usage)
  const [from, to] = [time('--from', options.from, zone), time('--to', options.to, zone)]
  const known = at === undefined ? undefined : replayUntil(at, zone, '--at')
  const settings = {
    ...(halfLife !== undefined && { halfLifeDays: halfLife }),
    ...(weights && { weights }),
    ...(order !== undefined && { order }),
  }
  const question: AttributionQuestion = {
    models: options.all ? modelNames : (options.models ?? usual),
    ...{ settings, conversion, by, currency, lookBackDays: lookBack },
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  }
  return withSession(
    async ({ attribution }) => {
      const envelope = envelopeOf({ as: operator.id, role: operator.role })
      return shown(granted(await attribution.run(question, known, envelope)), options)
    },
    { upToDate: false },
  )
}

function time(option: string, text: string | undefined, zone: string): Instant | undefined {
  if (text === undefined) return undefined
  try {
    return parseInstant(text, { zone })
  } catch (error) {
    if (error instanceof InvalidInstant) throw new Failure(`${option}: ${error.message}`, ExitCode.usage)
    throw error
  }
}
