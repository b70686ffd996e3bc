import { COACHING_POLICY_ID, coachingPolicy } from '@headwater/analytics'
import type { CoachingThresholds } from '@headwater/schema'
import type { Context } from '../context.ts'
import { builder } from '../shared/builder.ts'
import { defineMutation } from '../shared/mutation.ts'
import { CommandAccepted, type Done, resultOf, shown } from '../shared/result.ts'

const QuietThresholdRef = builder.objectRef<NonNullable<CoachingThresholds['quiet']>>('QuietThreshold').implement({
  description: 'When a store counts as quiet.',
  fields: (t) => ({
    stage: t.exposeString('stage', { description: 'No deal came into this stage …' }),
    days: t.exposeInt('days', { description: '… for so many days.' }),
  }),
})

export const ThresholdsRef = builder.objectRef<CoachingThresholds>('CoachingThresholds').implement({
  description: 'From when on somebody should look.',
  fields: (t) => ({
    difference: t.exposeFloat('difference', {
      description: 'How far a step’s conversion must lie below that of all others, as a share.',
    }),
    falseDiscoveryRate: t.exposeFloat('falseDiscoveryRate', {
      description: 'Accepted share of false alarms among all alarms.',
    }),
    coverage: t.exposeFloat('coverage', { description: 'Coverage of the intervals.' }),
    cohort: t.exposeString('cohort', {
      description: 'Deals that entered a stage within this time are judged: ISO 8601 duration.',
    }),
    window: t.exposeString('window', { description: 'By whether they went on within this time of entering it.' }),
    quiet: t.field({
      type: QuietThresholdRef,
      nullable: true,
      description: 'Null: nobody looks for quiet stores.',
      resolve: ({ quiet }) => quiet,
    }),
  }),
})

const thresholds = async ({ application }: Context): Promise<CoachingThresholds> =>
  (await application.shell.load(coachingPolicy, COACHING_POLICY_ID)).state

const Payload = builder.objectRef<Done>('CoachingThresholdsPayload').implement({
  description: 'The thresholds hold from now on.',
  interfaces: [CommandAccepted],
  fields: (t) => ({
    thresholds: t.field({
      type: ThresholdsRef,
      description: 'As they hold.',
      resolve: (_, __, context) => thresholds(context),
    }),
  }),
})

const QuietInput = builder.inputType('QuietThresholdInput', {
  description: 'When a store counts as quiet.',
  fields: (t) => ({
    stage: t.string({ required: true, description: 'Id of the stage that no deal came into …' }),
    days: t.int({ required: true, description: '… for so many days.' }),
  }),
})

defineMutation('publishCoachingThresholds', {
  description: 'Says from when on somebody should look. What is left out goes back to its default.',
  fields: (t) => ({
    difference: t.float({ description: 'As a share; 0.05 where it is left out.' }),
    falseDiscoveryRate: t.float({ description: 'Between 0 and 1; 0.1 where it is left out.' }),
    coverage: t.float({ description: 'Between 0 and 1; 0.9 where it is left out.' }),
    cohort: t.string({ description: 'ISO 8601 duration; `P90D` where it is left out.' }),
    window: t.string({ description: 'ISO 8601 duration; `P30D` where it is left out.' }),
    quiet: t.field({ type: QuietInput, description: 'Design within 14 days where it is left out.' }),
    ignoreQuiet: t.boolean({ defaultValue: false, description: 'Do not look for quiet stores.' }),
  }),
  result: resultOf(Payload),
  run: async ({ ignoreQuiet, ...data }, envelope, { application }) => {
    const command = { type: 'PublishCoachingThresholds', data: ignoreQuiet ? { ...data, quiet: null } : data }
    const target = { category: coachingPolicy.category, id: COACHING_POLICY_ID }
    return shown(await application.dispatch(target, command, envelope), COACHING_POLICY_ID)
  },
})
