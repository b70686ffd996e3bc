import type { ConformanceFigures, DeviationCount, DeviationKind } from '@headwater/analytics'
import type { ConformanceReport } from '@headwater/application'
import { UnknownPlaybook } from '@headwater/projections'
import type { Coached } from '@headwater/schema'
import { systemClock } from '@headwater/shell'
import { allowed } from '../authorize.ts'
import { builder } from '../shared/builder.ts'
import { defineEnum } from '../shared/enum.ts'
import { badInput, keyOf } from '../shared/global-id.ts'
import { DealRef, RepRef, StoreRef } from '../shared/refs.ts'
import { CoachedEnum } from './coaching.ts'

const DeviationEnum = defineEnum('DeviationKind', 'How a deal went otherwise than its playbook has it.', {
  'skipped-stage': 'It went past a stage that may not be skipped, and was never in it.',
  'illegal-order': 'The times of a stay contradict the order of the stages.',
  'unmet-gate': 'A condition of a gate was not met, and let pass.',
  'late-behaviour': 'What was to be done in time was done later.',
  'missed-behaviour': 'What was to be done in time was not done.',
} satisfies Record<DeviationKind, string>)

const NAMED = 200

const DeviationRef = builder.objectRef<DeviationCount>('Deviation').implement({
  description: 'Deals that went otherwise in the same way.',
  fields: (t) => ({
    kind: t.expose('kind', { type: DeviationEnum, description: 'In which way.' }),
    stage: t.exposeString('stage', { description: 'In which stage, or instead of which.' }),
    item: t.exposeString('item', { nullable: true, description: 'The behaviour, or the condition of the gate.' }),
    count: t.exposeInt('count', { description: 'How many deals.' }),
    deals: t.field({
      type: [DealRef],
      description: `The deals, by id: the first ${NAMED} of them.`,
      resolve: async ({ deals }, _, { loaders }) =>
        (await Promise.all(deals.slice(0, NAMED).map((id) => loaders.deals.load(id)))).filter(
          (deal) => deal !== undefined,
        ),
    }),
  }),
})

const BehaviourRef = builder.objectRef<ConformanceFigures['behaviours'][number]>('BehaviourFigures').implement({
  description: 'Whether something was done in time.',
  fields: (t) => ({
    id: t.exposeString('id', { description: 'The behaviour, as the playbook names it.' }),
    expected: t.exposeInt('expected', { description: 'How often it was called for, and is settled.' }),
    met: t.exposeInt('met', { description: 'Of these, how often it was done in time.' }),
  }),
})

type Figures = ConformanceFigures & { readonly by: Coached['kind'] | undefined }
const FiguresRef = builder.objectRef<Figures>('ConformanceFigures').implement({
  description:
    'How far deals went as their playbooks have it. A deal counts where it began, a deviation where it came about.',
  fields: (t) => ({
    store: t.field({
      type: StoreRef,
      nullable: true,
      description: 'Of this store; null where the figures are of reps, of nobody or of all.',
      resolve: ({ by, member }, _, { loaders }) => (by === 'store' && member ? loaders.stores.load(member) : null),
    }),
    rep: t.field({
      type: RepRef,
      nullable: true,
      description: 'Of this rep; null where the figures are of stores, of nobody or of all.',
      resolve: ({ by, member }, _, { loaders }) => (by === 'rep' && member ? loaders.reps.load(member) : null),
    }),
    deals: t.exposeInt('deals', { description: 'How many were held against the playbook.' }),
    conforming: t.exposeInt('conforming', { description: 'Of these, deals without any deviation.' }),
    behaviours: t.field({ type: [BehaviourRef], description: 'By id.', resolve: (of) => [...of.behaviours] }),
    deviations: t.field({
      type: [DeviationRef],
      description: 'Most frequent first.',
      resolve: (of) => [...of.deviations],
    }),
  }),
})

type Report = ConformanceReport & { readonly by: Coached['kind'] }
const ReportRef = builder.objectRef<Report>('ConformanceReport').implement({
  description: 'Deals held against the versions of the playbook under which they run.',
  fields: (t) => ({
    all: t.field({ type: FiguresRef, description: 'All together.', resolve: ({ all }) => ({ ...all, by: undefined }) }),
    members: t.field({
      type: [FiguresRef],
      description: 'By store or rep; nobody’s last.',
      resolve: ({ members, by }) => members.map((each) => ({ ...each, by })),
    }),
  }),
})

builder.queryField('conformance', (t) =>
  t.field({
    type: ReportRef,
    description: 'Skipped stages, contradicting times, gates let pass, and behaviours missed or late, with the deals.',
    args: {
      playbook: t.arg.id({ required: true, description: 'The playbook.' }),
      by: t.arg({ type: CoachedEnum, description: 'Stores where it is left out.' }),
      from: t.arg({ type: 'DateTime', description: 'Deals that opened then or later.' }),
      to: t.arg({ type: 'DateTime', description: 'Deals that opened before then.' }),
      store: t.arg.id({ description: 'Deals that are this store’s now.' }),
      rep: t.arg.id({ description: 'Deals that are this rep’s now.' }),
    },
    resolve: async (_, { playbook, by, from, to, store, rep }, context) => {
      allowed(context.viewer, 'conformance')
      const kind = by ?? 'store'
      const question = {
        ...{ playbookId: keyOf('Playbook', playbook), by: kind, from: from ?? undefined, to: to ?? undefined },
        storeId: store == null ? undefined : keyOf('Store', store),
        repId: rep == null ? undefined : keyOf('Rep', rep),
        now: (context.application.options.clock ?? systemClock).now(),
      }
      const report = await context.conformance.check(question).catch((error: unknown) => {
        throw error instanceof UnknownPlaybook ? badInput(`${error.message}.`) : error
      })
      return { ...report, by: kind }
    },
  }),
)
