// Attribution over the log: worked out, recorded, and made again.
import {
  type AttributionResult,
  attribute,
  attributionRun,
  type CreditedJourney,
  creditedJourneys,
  type JourneyFacts,
  type JourneyTable,
  journeysOf,
  ModelName,
  ModelSettings,
  marksOf,
  touchesFrom,
} from '@headwater/analytics'
import {
  AttributionParameters,
  type AttributionRun,
  deriveId,
  type Instant,
  type Position,
  refuse,
} from '@headwater/schema'
import { type Accepted, type CommandEnvelope, type Refused, refused } from '@headwater/shell'
import { z } from 'zod'
import type { Application } from '../application.ts'

/** What attribution needs of the read side, of the log, and of whoever makes digests. */
export interface AttributionPorts {
  /** The place in the log that is meant. @throws PositionBeyondHead, ForeignPosition, NothingRecorded */
  positionOf(at: KnownAt | undefined): Promise<Position>
  /** Waits until all that the log tells up to there can be read. */
  facts(which: {
    readonly upTo: Position
    readonly touchesFrom: Instant | undefined
    readonly touchesTo: Instant | undefined
    readonly marks: ReturnType<typeof marksOf>
  }): Promise<JourneyFacts>
  /** SHA-256 of its canonical JSON, in hexadecimal. */
  digest(result: AttributionResult): string
}

/** What was known at a place of the log, or by a time. */
export type KnownAt = { readonly position: Position } | { readonly recordedAt: Instant }

/** The log was empty then. */
export class NothingRecorded extends Error {
  override readonly name = 'NothingRecorded'
  constructor(at: Instant | undefined) {
    super(at === undefined ? 'the log is empty' : `nothing was recorded by ${at}`)
  }
}

export class UnknownRun extends Error {
  override readonly name = 'UnknownRun'
  constructor(readonly runId: string) {
    super(`there is no attribution run ${runId}`)
  }
}

export interface Reproduced {
  readonly runId: string
  readonly run: AttributionRun
  readonly result: AttributionResult
  /** Of the result as it came out now. */
  readonly digest: string
  /** It came out as it was recorded, to the byte. */
  readonly same: boolean
}

export type AttributionQuestion = Omit<AttributionParameters, 'models' | 'settings'> & {
  readonly models: readonly ModelName[]
  /** What is left out is as usual. */
  readonly settings?: Partial<ModelSettings> | undefined
}

export type AttributionAnswer = (Accepted & Reproduced) | Refused

export interface Attribution {
  /**
   * Works the models out over what the log tells up to a place, its end unless named, and records that. Sent again under its command id, it is the
   * same run. @throws as `positionOf`
   */
  run(parameters: AttributionQuestion, at: KnownAt | undefined, envelope: CommandEnvelope): Promise<AttributionAnswer>
  /** Makes a run's result again. @throws UnknownRun */
  again(runId: string): Promise<Reproduced>
  /** The journeys behind a key's credit by a model of the run. @throws UnknownRun */
  journeys(runId: string, model: string, key: string): Promise<CreditedJourney[]>
}

/** Wrong ones are found before anything is worked out. */
const Question = AttributionParameters.extend({
  models: z.array(ModelName).min(1),
  settings: ModelSettings.prefault({}),
})

const malformed = (error: z.ZodError): Refused =>
  refused(
    refuse('invalid-command', `The question is not as it should be: ${z.prettifyError(error)}`, {
      details: {
        issues: error.issues.map(({ path, message }) => ({ path: ['data', ...path.map(String)], message })),
      },
    }),
  )

export function openAttribution(
  { shell, dispatch }: Pick<Application, 'shell' | 'dispatch'>,
  ports: AttributionPorts,
): Attribution {
  const tableAt = async (parameters: AttributionParameters, upTo: Position): Promise<JourneyTable> => {
    const times = { touchesFrom: touchesFrom(parameters), touchesTo: parameters.to }
    return journeysOf(await ports.facts({ upTo, ...times, marks: marksOf(parameters.conversion) }), parameters)
  }

  const find = async (runId: string): Promise<AttributionRun | null> => (await shell.load(attributionRun, runId)).state

  const existing = async (runId: string): Promise<AttributionRun> => {
    const run = await find(runId)
    if (!run) throw new UnknownRun(runId)
    return run
  }

  const again = async (runId: string): Promise<Reproduced> => {
    const run = await existing(runId)
    const result = attribute(await tableAt(run.parameters, run.position as Position), run.parameters)
    const digest = ports.digest(result)
    return { runId, run, result, digest, same: digest === run.digest }
  }

  return {
    async run(asked, at, envelope) {
      const runId = deriveId(envelope.commandId, 'run')
      const checked = Question.safeParse(asked)
      if (!checked.success) return malformed(checked.error)
      const parameters = checked.data
      const recorded = await find(runId)
      const position = recorded ? (recorded.position as Position) : await ports.positionOf(at)
      const result = attribute(await tableAt(parameters, position), parameters)
      const { conversions, value } = result
      const run = { parameters, position, digest: ports.digest(result), conversions, value }
      const command = { type: 'RecordAttributionRun', data: run } as const
      const answer = await dispatch({ category: attributionRun.category, id: runId }, command, envelope)
      if (answer.status === 'refused') return answer
      return { ...answer, runId, run, result, digest: run.digest, same: true }
    },
    again,
    async journeys(runId, model, key) {
      const { parameters, position } = await existing(runId)
      return creditedJourneys(await tableAt(parameters, position as Position), parameters, model, key)
    },
  }
}
