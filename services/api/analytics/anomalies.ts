import type { JudgedStep } from '@headwater/analytics'
import type { AnomalyReport, CaseOpened, FoundAnomaly } from '@headwater/application'
import { UnknownPlaybook } from '@headwater/projections'
import type { Coached } from '@headwater/schema'
import { systemClock } from '@headwater/shell'
import { allowed } from '../authorize.ts'
import type { Context } from '../context.ts'
import { builder } from '../shared/builder.ts'
import { badInput, keyOf } from '../shared/global-id.ts'
import { idOf } from '../shared/input.ts'
import { defineMutation } from '../shared/mutation.ts'
import { RepRef, StoreRef } from '../shared/refs.ts'
import { CommandRefusedRef, located } from '../shared/refusal.ts'
import { resultOf } from '../shared/result.ts'
import { AnomalyRef, CoachedEnum, CoachingCaseRef, EstimateRef } from './coaching.ts'
import { ThresholdsRef } from './thresholds.ts'

const storeOf = ({ kind, id }: Coached, { loaders }: Context) => (kind === 'store' ? loaders.stores.load(id) : null)
const repOf = ({ kind, id }: Coached, { loaders }: Context) => (kind === 'rep' ? loaders.reps.load(id) : null)
const aboutStore = { type: StoreRef, nullable: true, description: 'The store; null where it is about a rep.' } as const
const aboutRep = { type: RepRef, nullable: true, description: 'The rep; null where it is about a store.' } as const

type Judged = JudgedStep & { readonly about: Coached }
const JudgedStepRef = builder.objectRef<Judged>('JudgedStep').implement({
  description: 'One step of the funnel of one store or rep, held against all others.',
  fields: (t) => ({
    store: t.field({ ...aboutStore, resolve: ({ about }, _, context) => storeOf(about, context) }),
    rep: t.field({ ...aboutRep, resolve: ({ about }, _, context) => repOf(about, context) }),
    stage: t.exposeString('step', { description: 'The stage that is left.' }),
    entered: t.exposeInt('trials', { description: 'Deals that entered it.' }),
    converted: t.exposeInt('successes', { description: 'Of these, deals that went on in time.' }),
    observed: t.exposeFloat('observed', { nullable: true, description: 'converted ÷ entered.' }),
    others: t.exposeFloat('others', {
      nullable: true,
      description: 'The same of all others; null where there are none.',
    }),
    estimate: t.field({ type: EstimateRef, description: 'The rate to reckon with.', resolve: (step) => step.estimate }),
    pValue: t.exposeFloat('pValue', { description: 'Fisher’s exact test against all others, one-sided.' }),
    qValue: t.exposeFloat('qValue', { description: 'The same with account of all tests made at once.' }),
    low: t.exposeBoolean('low', { description: 'An anomaly: it matters, and chance does not explain it.' }),
  }),
})

const FoundRef = builder.objectRef<FoundAnomaly>('FoundAnomaly').implement({
  description: 'An anomaly, and whose it is.',
  fields: (t) => ({
    store: t.field({ ...aboutStore, resolve: ({ about }, _, context) => storeOf(about, context) }),
    rep: t.field({ ...aboutRep, resolve: ({ about }, _, context) => repOf(about, context) }),
    anomaly: t.field({ type: AnomalyRef, description: 'What was seen.', resolve: ({ anomaly }) => anomaly }),
  }),
})

type Report = AnomalyReport & { readonly by: Coached['kind'] }
const ReportRef = builder.objectRef<Report>('AnomalyReport').implement({
  description: 'What in the figures somebody should talk about, and all that was looked at.',
  fields: (t) => ({
    thresholds: t.field({ type: ThresholdsRef, description: 'What it was measured by.', resolve: (r) => r.thresholds }),
    from: t.expose('from', { type: 'DateTime', description: 'Judged are deals that entered a stage from then …' }),
    to: t.expose('to', { type: 'DateTime', description: '… up to and without then.' }),
    anomalies: t.field({ type: [FoundRef], description: 'What was found.', resolve: (r) => [...r.anomalies] }),
    steps: t.field({
      type: [JudgedStepRef],
      description: 'Every step of every store or rep, in the order of the stages.',
      resolve: ({ steps, by }) => steps.map((step) => ({ ...step, about: { kind: by, id: step.member } })),
    }),
  }),
})

/** @throws GraphQLError `BAD_USER_INPUT` */
const known = <T>(found: Promise<T>): Promise<T> =>
  found.catch((error: unknown) => {
    throw error instanceof UnknownPlaybook ? badInput(`${error.message}.`) : error
  })

const nowOf = ({ application }: Context) => (application.options.clock ?? systemClock).now()

builder.queryField('anomalies', (t) =>
  t.field({
    type: ReportRef,
    description:
      'Stores or reps whose deals go on far less often than elsewhere, beyond what chance explains, and stores that have gone quiet.',
    args: {
      playbook: t.arg.id({ required: true, description: 'The playbook.' }),
      by: t.arg({ type: CoachedEnum, description: 'Stores where it is left out.' }),
      at: t.arg({ type: 'DateTime', description: 'The present to count back from; now where it is left out.' }),
      knownAt: t.arg({ type: 'DateTime', description: 'Only what was known by then.' }),
    },
    resolve: async (_, { playbook, by, at, knownAt }, context) => {
      allowed(context.viewer, 'anomalies')
      const kind = by ?? 'store'
      const question = { playbookId: keyOf('Playbook', playbook), by: kind, now: at ?? nowOf(context) }
      const report = await known(context.anomalies.find({ ...question, knownAt: knownAt ?? undefined }))
      return { ...report, by: kind }
    },
  }),
)

const OpenedCaseRef = builder.objectRef<CaseOpened>('OpenedCoachingCase').implement({
  description: 'What became of an anomaly.',
  fields: (t) => ({
    coachingCase: t.field({
      type: CoachingCaseRef,
      nullable: true,
      description: 'Its case, open already or opened just now; a closed one where nothing fresh was seen.',
      resolve: async ({ caseId, answer }, _, { loaders, waitFor }) => {
        if (answer.status === 'accepted') await waitFor(answer)
        return loaders.coachingCases.load(caseId)
      },
    }),
    opened: t.boolean({
      description: 'Opened just now.',
      resolve: ({ answer }) => answer.status === 'accepted' && answer.events.length > 0,
    }),
    refusal: t.field({
      type: CommandRefusedRef,
      nullable: true,
      description: 'Why it could not be opened.',
      resolve: ({ answer }) => (answer.status === 'refused' ? located(answer.refusal) : null),
    }),
  }),
})

const OpenedPayload = builder.objectRef<{ results: readonly CaseOpened[] }>('OpenCoachingCasesPayload').implement({
  description: 'Each anomaly with its case.',
  fields: (t) => ({
    results: t.field({
      type: [OpenedCaseRef],
      description: 'In the order of the anomalies.',
      resolve: ({ results }) => [...results],
    }),
  }),
})

defineMutation('openCoachingCases', {
  description: 'Opens a case for each anomaly of now that has none open and rests on fresh evidence.',
  fields: (t) => ({
    playbook: idOf(t, 'Playbook', 'The playbook.', { required: true }),
    by: t.field({ type: CoachedEnum, description: 'Stores where it is left out.' }),
  }),
  result: resultOf(OpenedPayload),
  run: async (input, envelope, context) => {
    const { playbook: playbookId, by } = input as { playbook: string; by?: Coached['kind'] }
    const question = { playbookId, by, now: nowOf(context) }
    return { results: await known(context.anomalies.openCases(question, envelope)) }
  },
})
