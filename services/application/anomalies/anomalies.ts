// What in the organisation's figures somebody should talk about, and the coaching cases that come of it.
import {
  COACHING_POLICY_ID,
  type CoachingCaseCommand,
  coachingCaseId,
  coachingPolicy,
  type JudgedStep,
  judgeConversion,
} from '@headwater/analytics'
import {
  type Anomaly,
  type Coached,
  type CoachingThresholds,
  type Duration,
  dayMs,
  type Instant,
  instantOf,
  localDate,
  msOf,
  parseDuration,
  startOfDay,
  type TimeZone,
} from '@headwater/schema'
import type { Answer, CommandEnvelope } from '@headwater/shell'
import type { Application } from '../application.ts'
import { stepEnvelope } from '../step.ts'

/** Deals that entered a stage from one instant up to another, and went on within the window. */
export interface StepQuestion {
  readonly playbookId: string
  readonly stage: string
  readonly by: Coached['kind']
  readonly from: Instant
  readonly to: Instant
  readonly window: Duration
  /** Seen as it was known then; as it is known now without it. */
  readonly knownAt?: Instant | undefined
}

/** What is asked of the read side. */
export interface AnomalyPorts {
  /** Of the newest version: its stages in their order, and the zone of its days. @throws UnknownPlaybook */
  playbook(id: string): Promise<{ readonly stages: readonly string[]; readonly zone: TimeZone }>
  step(question: StepQuestion): Promise<readonly { member: string; entered: number; converted: number }[]>
  /** The deals of one member that did not go on, by id; at most so many. */
  stuck(question: StepQuestion, member: string, limit: number): Promise<readonly string[]>
  /** Stores that are open, since when, and when a deal last came into the stage. */
  lastEntries(
    playbookId: string,
    stage: string,
    at: { readonly by: Instant; readonly knownAt?: Instant | undefined },
  ): Promise<readonly { storeId: string; openedAt: Instant; last: Instant | null }[]>
}

export interface AnomalyQuestion {
  readonly playbookId: string
  /** Stores unless said. */
  readonly by?: Coached['kind'] | undefined
  /** The present, from which the times are counted back. */
  readonly now: Instant
  readonly knownAt?: Instant | undefined
}

export interface FoundAnomaly {
  readonly about: Coached
  readonly anomaly: Anomaly
}

export interface AnomalyReport {
  readonly thresholds: CoachingThresholds
  /** The deals that are judged entered their stage from then, up to and without then. */
  readonly from: Instant
  readonly to: Instant
  /** Every step of every member, in the order of the stages and then of the members. */
  readonly steps: readonly JudgedStep[]
  readonly anomalies: readonly FoundAnomaly[]
}

/** How many deals a case names at most. */
const NAMED = 200

export interface Anomalies {
  /** Reads, and writes nothing. The same question on the same log has the same answer. */
  find(question: AnomalyQuestion): Promise<AnomalyReport>
  /** Opens a case for each anomaly that has none open and rests on fresh evidence. */
  openCases(question: AnomalyQuestion, envelope: CommandEnvelope): Promise<readonly CaseOpened[]>
}

export interface CaseOpened extends FoundAnomaly {
  readonly caseId: string
  readonly answer: Answer
}

export function openAnomalies(
  { shell, dispatch }: Pick<Application, 'shell' | 'dispatch'>,
  ports: AnomalyPorts,
): Anomalies {
  const find = async (question: AnomalyQuestion) => {
    const thresholds = (await shell.load(coachingPolicy, COACHING_POLICY_ID)).state
    const { stages, zone } = await ports.playbook(question.playbookId)
    const { from, to } = judgedTime(question.now, thresholds, zone)
    const ask = (stage: string) => stepQuestion(question, thresholds, stage, { from, to })
    const counts = await Promise.all(stages.map(async (stage) => ({ stage, members: await ports.step(ask(stage)) })))
    const steps = judgeConversion(
      counts.flatMap(({ stage, members }) =>
        members
          .toSorted((a, b) => (a.member < b.member ? -1 : 1))
          .map(({ member, entered, converted }) => ({ member, step: stage, trials: entered, successes: converted })),
      ),
      thresholds,
    )
    const low = steps.filter((step) => step.low).map((step) => lowConversion(step, question, thresholds, { from, to }))
    return { thresholds, from, to, steps, anomalies: [...low, ...(await quiet(ports, question, thresholds, stages))] }
  }

  return {
    find,
    async openCases(question, envelope) {
      const { thresholds, from, to, anomalies } = await find(question)
      const opened: CaseOpened[] = []
      for (const { about, anomaly } of anomalies) {
        const caseId = coachingCaseId(about, anomaly)
        const deals =
          anomaly.kind === 'quiet'
            ? []
            : await ports.stuck(stepQuestion(question, thresholds, anomaly.stage, { from, to }), about.id, NAMED)
        const command: CoachingCaseCommand = { type: 'OpenCoachingCase', data: { about, anomaly, deals: [...deals] } }
        const answer = await dispatch({ category: 'coachingCase', id: caseId }, command, stepEnvelope(envelope, caseId))
        opened.push({ about, anomaly, caseId, answer })
      }
      return opened
    },
  }
}

interface JudgedTime {
  readonly from: Instant
  readonly to: Instant
}

/** Whole days: up to the last one on which a deal that entered has had its whole window by now. */
function judgedTime(now: Instant, { cohort, window }: CoachingThresholds, zone: TimeZone): JudgedTime {
  const to = startOfDay(localDate(msOf(now) - lengthOf(window), zone), zone)
  return { from: instantOf(startOfDay(localDate(to - lengthOf(cohort), zone), zone)), to: instantOf(to) }
}

/** Milliseconds, a day being 24 hours. */
function lengthOf(duration: Duration): number {
  const { days, ms } = parseDuration(duration)
  return days * dayMs + ms
}

const stepQuestion = (
  { playbookId, by = 'store', knownAt }: AnomalyQuestion,
  { window }: CoachingThresholds,
  stage: string,
  time: JudgedTime,
): StepQuestion => ({ playbookId, stage, by, window, ...time, knownAt })

function lowConversion(
  { member, step, successes, trials, observed, others, estimate, pValue, qValue }: JudgedStep,
  { playbookId, by = 'store' }: AnomalyQuestion,
  { window }: CoachingThresholds,
  time: JudgedTime,
): FoundAnomaly {
  const counted = { converted: successes, entered: trials, observed: observed!, others: others! }
  return {
    about: { kind: by, id: member },
    anomaly: { kind: 'low-conversion', playbookId, stage: step, ...time, window, ...counted, estimate, pValue, qValue },
  }
}

/** Open stores in whose funnel nothing came into the stage for too long; a new store gets as much time from its opening. */
async function quiet(
  ports: AnomalyPorts,
  { playbookId, by = 'store', now, knownAt }: AnomalyQuestion,
  thresholds: CoachingThresholds,
  stages: readonly string[],
): Promise<FoundAnomaly[]> {
  if (!thresholds.quiet || by !== 'store' || !stages.includes(thresholds.quiet.stage)) return []
  const { stage, days } = thresholds.quiet
  const since = instantOf(msOf(now) - days * dayMs)
  const stores = await ports.lastEntries(playbookId, stage, { by: now, knownAt })
  return stores
    .filter(({ openedAt, last }) => (last ?? openedAt) < since)
    .map(({ storeId, last }) => ({
      about: { kind: 'store', id: storeId },
      anomaly: { kind: 'quiet', playbookId, stage, last, days },
    }))
}
