import { readFile } from 'node:fs/promises'
import { COACHING_POLICY_ID, coachingCase, coachingPolicy } from '@headwater/analytics'
import { type CoachingCaseStatus, listCoachingCases } from '@headwater/projections'
import { CoachingThresholds } from '@headwater/schema'
import type { Answer, Json } from '../answer.ts'
import { type ActingOptions, envelopeOf, granted } from '../commission/acting.ts'
import { withSession } from '../session.ts'
import { ExitCode, Failure } from '../terminal/failure.ts'
import { instant, NONE, percent } from '../terminal/format.ts'
import { facts, table } from '../terminal/table.ts'
import { anomalyText } from './anomalies.ts'

interface ListOptions extends Json {
  readonly status?: CoachingCaseStatus
  readonly store?: string
  readonly rep?: string
}

export function list({ status, store, rep }: ListOptions): Promise<Answer> {
  if (store !== undefined && rep !== undefined)
    throw new Failure('a case is about a store or a rep: name one of them', ExitCode.usage)
  return withSession(async ({ db, viewer }) => {
    const kind = store !== undefined ? 'store' : rep !== undefined ? 'rep' : undefined
    const filter = { status, aboutKind: kind, aboutId: store ?? rep } as const
    const { edges } = await listCoachingCases(db, viewer, filter, { first: 1000 })
    const cases = edges.map(({ node }) => node)
    return {
      json: cases,
      text: () =>
        table(
          ['case', 'whose', 'stage', 'status', 'opened', 'what was seen', 'what came of it'],
          cases.map((row) => [
            ...[row.coachingCaseId, row.aboutId, row.anomaly.stage, row.status, instant(row.openedAt)],
            ...[anomalyText(row.anomaly), row.outcome ? `${row.outcome}: ${row.note}` : (row.plan ?? NONE)],
          ]),
        ),
    }
  })
}

export const acknowledge = (id: string, { plan, ...acting }: ActingOptions & { readonly plan?: string }) =>
  tell(id, { type: 'AcknowledgeCoachingCase', data: { plan } }, acting, 'taken')

interface CloseOptions extends ActingOptions {
  readonly outcome: string
  readonly note: string
}

export const close = (id: string, { outcome, note, ...acting }: CloseOptions) =>
  tell(id, { type: 'CloseCoachingCase', data: { outcome, note } }, acting, 'closed')

function tell(id: string, command: { type: string; data: object }, acting: ActingOptions, done: string) {
  return withSession<Answer>(
    async ({ application }) => {
      const target = { category: coachingCase.category, id }
      const { revision } = granted(await application.dispatch(target, command, envelopeOf(acting)))
      return { json: { case: id, revision }, text: () => `Case ${id} is ${done}.` }
    },
    { upToDate: false },
  )
}

interface ThresholdOptions extends Json {
  readonly publish?: string
  readonly as: string
}

export async function thresholds({ publish, as }: ThresholdOptions): Promise<Answer> {
  const data = publish === undefined ? undefined : await readThresholds(publish)
  return withSession<Answer>(
    async ({ application }) => {
      if (data) {
        const target = { category: coachingPolicy.category, id: COACHING_POLICY_ID }
        const envelope = envelopeOf({ as, role: 'administrator' })
        granted(await application.dispatch(target, { type: 'PublishCoachingThresholds', data }, envelope))
      }
      const { state } = await application.shell.load(coachingPolicy, COACHING_POLICY_ID)
      return { json: state, text: () => thresholdsText(state) }
    },
    { upToDate: false },
  )
}

const thresholdsText = ({ difference, falseDiscoveryRate, coverage, cohort, window, quiet }: CoachingThresholds) =>
  facts([
    ['below all others by', percent(difference)],
    ['false discovery rate', percent(falseDiscoveryRate)],
    ['coverage of intervals', percent(coverage)],
    ['deals that entered within', cohort],
    ['went on within', window],
    ['quiet', quiet ? `nothing in ${quiet.stage} for ${quiet.days} days` : NONE],
  ])

/** @throws Failure that says what is wrong, and where */
async function readThresholds(path: string): Promise<CoachingThresholds> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new Failure(`${path}: it cannot be read: ${error.message}`)
  })
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new Failure(`${path}: not JSON: ${(error as Error).message}`)
  }
  const parsed = CoachingThresholds.strict().safeParse(json)
  if (parsed.success) return parsed.data
  throw new Failure(
    parsed.error.issues.map((issue) => `${path}: ${issue.path.join('.') || 'it'}: ${issue.message}`).join('\n'),
  )
}
