import type { JudgedStep } from '@headwater/analytics'
import type { AnomalyReport, CaseOpened } from '@headwater/application'
import { listPlaybooks } from '@headwater/projections'
import { type Anomaly, type Coached, instantOf, newId } from '@headwater/schema'
import type { Answer, Json } from '../answer.ts'
import { instant as instantAt } from '../funnel/question.ts'
import { type Session, withSession } from '../session.ts'
import { ExitCode, Failure } from '../terminal/failure.ts'
import { count, instant, NONE, percent } from '../terminal/format.ts'
import { table } from '../terminal/table.ts'

interface AnomaliesOptions extends Json {
  readonly playbook?: string
  readonly by: Coached['kind']
  readonly at?: string
  readonly knownAt?: string
  readonly zone?: string
  readonly all?: boolean
  readonly openCases?: boolean
  readonly as: string
}

export function anomalies(options: AnomaliesOptions): Promise<Answer> {
  const { by, at, knownAt, all = false, openCases, as: id } = options
  const zone = options.zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone
  const now = at === undefined ? instantOf(Date.now()) : instantAt('--at', at, zone)
  const known = knownAt === undefined ? undefined : instantAt('--known-at', knownAt, zone)
  if (openCases && (at ?? knownAt) !== undefined)
    throw new Failure('--open-cases is about now: leave out --at and --known-at', ExitCode.usage)
  return withSession<Answer>(async (session) => {
    const playbookId = options.playbook ?? (await theOnlyPlaybook(session))
    const question = { playbookId, by, now, knownAt: known }
    const report = await session.anomalies.find(question)
    const envelope = { commandId: newId(), actor: { id, role: 'administrator' } }
    const cases = openCases ? await session.anomalies.openCases(question, envelope) : undefined
    return {
      json: { playbook: playbookId, by, now, ...report, ...(cases && { cases: cases.map(caseJson) }) },
      text: () => [reportText(report, all), ...(cases ? ['', casesText(cases)] : [])].join('\n'),
    }
  })
}

/** For a command that names none. @throws Failure where there are several */
export async function theOnlyPlaybook({ db, viewer }: Session): Promise<string> {
  const playbooks = (await listPlaybooks(db, viewer)).map((row) => row.playbookId)
  if (playbooks.length === 1) return playbooks[0]!
  throw new Failure(`name one with --playbook: there are ${playbooks.join(', ') || 'none'}`, ExitCode.usage)
}

const caseJson = ({ about, caseId, answer }: CaseOpened) => ({
  about,
  caseId,
  opened: answer.status === 'accepted' && answer.events.length > 0,
  refused: answer.status === 'refused' ? answer.refusal.code : null,
})

function reportText({ from, to, thresholds, steps, anomalies }: AnomalyReport, all: boolean): string {
  const lines = [
    `Deals that entered a stage from ${instant(from)} up to ${instant(to)}, and went on within ${thresholds.window}; ${count(steps.length)} steps judged.`,
    `An anomaly lies ${percent(thresholds.difference)} or more below all others, at a false discovery rate of ${percent(thresholds.falseDiscoveryRate)}.`,
    '',
  ]
  if (all) lines.push(stepTable(steps), '')
  lines.push(
    anomalies.length === 0
      ? 'No anomalies.'
      : table(
          ['whose', 'stage', 'what'],
          anomalies.map(({ about, anomaly }) => [about.id, anomaly.stage, anomalyText(anomaly)]),
        ),
  )
  return lines.join('\n')
}

/** What was seen, in one line. */
export function anomalyText(anomaly: Anomaly): string {
  if (anomaly.kind === 'quiet')
    return anomaly.last === null
      ? 'no deal ever came into the stage'
      : `no deal came into the stage for ${anomaly.days} days: the last one ${instant(anomaly.last)}`
  const { observed, others, converted, entered, estimate, qValue } = anomaly
  const between = `${percent(estimate.from)} to ${percent(estimate.to)}`
  return `${percent(observed)} (${count(converted)} of ${count(entered)}) against ${percent(others)}; likely ${between}; q = ${qValue.toPrecision(2)}`
}

const stepTable = (steps: readonly JudgedStep[]) =>
  table(
    ['whose', 'stage', 'entered', 'went on', 'rate', 'others', 'likely from', 'to', 'p', 'q', ''],
    steps.map(({ member, step, trials, successes, observed, others, estimate, pValue, qValue, low }) => [
      ...[member, step, count(trials), count(successes), percent(observed), percent(others)],
      ...[percent(estimate.from), percent(estimate.to), pValue.toPrecision(2), qValue.toPrecision(2)],
      low ? 'low' : '',
    ]),
  )

const casesText = (cases: readonly CaseOpened[]) =>
  table(
    ['case', 'whose', ''],
    cases.map(({ caseId, about, answer }) => [
      caseId,
      about.id,
      answer.status === 'refused' ? answer.refusal.message : answer.events.length > 0 ? 'opened' : NONE,
    ]),
  )
