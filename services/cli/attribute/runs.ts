import { type ModelName, modelNames } from '@headwater/analytics'
import { listAttributionRuns } from '@headwater/projections'
import type { Answer } from '../answer.ts'
import { withSession } from '../session.ts'
import { ExitCode } from '../terminal/failure.ts'
import { count, instant, money, NONE } from '../terminal/format.ts'
import { table } from '../terminal/table.ts'
import { type Outputs, shown } from './shown.ts'

/** Newest first. */
export const list = ({ limit }: { readonly limit: number }): Promise<Answer> =>
  withSession(async ({ db, viewer }) => {
    const { edges } = await listAttributionRuns(db, viewer, { first: limit })
    const runs = edges.map(({ node }) => node)
    return {
      json: { runs },
      text: () =>
        runs.length === 0
          ? 'There is no run.'
          : table(
              ['run', 'recorded', 'success', 'by', 'models', 'position', 'successes', 'value'],
              runs.map(({ runId, recordedAt, parameters, asOf, conversions, value }) => [
                runId,
                instant(recordedAt),
                parameters.conversion,
                parameters.by,
                parameters.models.join(' '),
                asOf,
                count(conversions),
                money({ amount: value, currency: parameters.currency }),
              ]),
            ),
    }
  })

/** @throws UnknownRun */
export const show = (runId: string, outputs: Outputs): Promise<Answer> =>
  withSession(async ({ attribution }) => shown(await attribution.again(runId), outputs), { upToDate: false })

/** @throws UnknownRun */
export const verify = (runId: string, _: Outputs): Promise<Answer> =>
  withSession(
    async ({ attribution }) => {
      const { run, digest, same } = await attribution.again(runId)
      return {
        json: { runId, position: run.position, recorded: run.digest, digest, same },
        text: () =>
          same
            ? `${runId} comes out again as it was recorded, to the byte: ${digest}`
            : `${runId} comes out otherwise: ${run.digest} was recorded, ${digest} comes out`,
        ...(same ? {} : { exitCode: ExitCode.refused }),
      }
    },
    { upToDate: false },
  )

/** By the first of the named models, or linear. @throws UnknownRun */
export const journeys = (
  runId: string,
  key: string,
  { models: [model = 'linear'] = [] }: { readonly models?: readonly ModelName[] },
): Promise<Answer> =>
  withSession(
    async ({ attribution }) => {
      const found = await attribution.journeys(runId, model, key)
      const json = found.map(({ person, success, share, touches }) => ({
        ...{ person, success, share },
        touches: touches.map(({ occurredAt, channel, campaign, content, repId }) => ({
          ...{ occurredAt, channel, campaign, content, repId },
        })),
      }))
      return {
        json: { runId, model, key, journeys: json },
        text: () =>
          found.length === 0
            ? `No success of this run is credited to ${key} (models: ${modelNames.join(', ')}).`
            : table(
                ['person', 'success', 'when', 'share', 'touches'],
                found.map(({ person, success, share, touches }) => [
                  person,
                  success.id,
                  instant(success.at),
                  share === null ? NONE : share.toFixed(3),
                  touches.map(({ channel }) => channel ?? NONE).join(' > '),
                ]),
              ),
      }
    },
    { upToDate: false },
  )
