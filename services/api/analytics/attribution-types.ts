// Runs of attribution as the API shows them. Results are made again from the log whenever they are asked for.
import {
  type AttributionResult,
  type AttributionRow,
  type CreditedJourney,
  type ModelCredit,
  modelNames,
  type PathCount,
} from '@headwater/analytics'
import type { Reproduced } from '@headwater/application'
import type { AttributionRunRow } from '@headwater/projections'
import { builder } from '../shared/builder.ts'
import { defineEnum, enumName } from '../shared/enum.ts'
import { connectionOf } from '../shared/page.ts'

export const ModelEnum = defineEnum('AttributionModel', 'How credit for a success is divided among touches.', {
  first: 'All to the first touch.',
  last: 'All to the last touch.',
  'last-non-direct': 'All to the last touch where the person did not come by themselves.',
  linear: 'Alike to all.',
  'time-decay': 'More to what was nearer: half for each half-life before.',
  position: 'By place: first, last, and those between.',
  'w-shaped': 'First touch, lead creation and deal creation 30 % each, the others 10 %.',
  markov: 'By what would be lost without each (removal effect in a Markov graph).',
  shapley: 'By Shapley value over sets of channels.',
})
export const ConversionEnum = defineEnum('AttributionConversion', 'What counts as success, with its value.', {
  won: 'A deal was won: its value.',
  contract: 'A contract was signed: its amount.',
  payment: 'A payment came in: its amount less what went back.',
})
export const DimensionEnum = defineEnum('TouchDimension', 'By what of the touches credit is split.', {
  channel: 'The channel.',
  campaign: 'The campaign.',
  content: 'The advertisement or content.',
  rep: 'Who did it for us, or cared for the person then.',
})

/** `time-decay` → `TIME_DECAY`. */
const shownModel = (model: string) => modelNames.find((name) => name === model)!

const CreditRef = builder.objectRef<ModelCredit>('AttributionCredit').implement({
  description: 'What a model credits.',
  fields: (t) => ({
    model: t.field({ type: ModelEnum, description: 'The model.', resolve: ({ model }) => shownModel(model) }),
    conversions: t.exposeFloat('conversions', { description: 'Successes, to the millionth: all together add up.' }),
    value: t.expose('value', { type: 'MinorUnits', description: 'Their value, to the minor unit: all add up.' }),
    costPerConversion: t.expose('costPerConversion', {
      type: 'MinorUnits',
      nullable: true,
      description: 'Cost by success; null where none is credited.',
    }),
    returnOnCost: t.exposeFloat('returnOnCost', {
      nullable: true,
      description: 'Value by cost; null where nothing was spent.',
    }),
  }),
})

const RowRef = builder.objectRef<AttributionRow>('AttributionRow').implement({
  description: 'A channel, campaign, content or rep, with the models side by side.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'Which one; `(not stated)` for touches that do not say.' }),
    touches: t.exposeInt('touches', { description: 'Touches in the time in question, of everybody.' }),
    cost: t.expose('cost', { type: 'MinorUnits', description: 'What they cost.' }),
    credits: t.field({ type: [CreditRef], description: 'By model.', resolve: ({ credits }) => [...credits] }),
  }),
})

const PathRef = builder.objectRef<PathCount>('AttributionPath').implement({
  description: 'A way that people came.',
  fields: (t) => ({
    path: t.stringList({ description: 'From the first touch on.', resolve: ({ path }) => [...path] }),
    conversions: t.exposeInt('conversions', { description: 'How often it ended in a success.' }),
    value: t.expose('value', { type: 'MinorUnits', description: 'What those were worth.' }),
    notConverted: t.exposeInt('notConverted', { description: 'How often in none.' }),
  }),
})

const ResultRef = builder.objectRef<Reproduced>('AttributionResult').implement({
  description: 'What comes out of a run, made again from the log as it was known at its position.',
  fields: (t) => {
    const of = <T>(take: (result: AttributionResult) => T) => ({ resolve: ({ result }: Reproduced) => take(result) })
    const amount = { type: 'MinorUnits' } as const
    return {
      same: t.exposeBoolean('same', { description: 'It came out as it was recorded, to the byte.' }),
      rows: t.field({ type: [RowRef], description: 'By key.', ...of(({ rows }) => [...rows]) }),
      paths: t.field({ type: [PathRef], description: 'Those with most successes.', ...of(({ paths }) => [...paths]) }),
      conversions: t.int({ description: 'Successes.', ...of(({ conversions }) => conversions) }),
      value: t.field({ ...amount, description: 'Their value.', ...of(({ value }) => value) }),
      unattributedConversions: t.int({
        description: 'Successes without a touch in their window: nobody is credited.',
        ...of(({ unattributed }) => unattributed.conversions),
      }),
      unattributedValue: t.field({
        ...amount,
        description: 'Their value.',
        ...of(({ unattributed }) => unattributed.value),
      }),
      persons: t.int({ description: 'How many persons there are.', ...of(({ persons }) => persons) }),
      notConverted: t.int({
        description: 'How many of them were touched and did not convert.',
        ...of(({ notConverted }) => notConverted),
      }),
      cost: t.field({ ...amount, description: 'What all touches cost.', ...of(({ cost }) => cost) }),
    }
  },
})

const TouchRef = builder.objectRef<CreditedJourney['touches'][number]>('JourneyTouch').implement({
  description: 'Somebody was met by something of ours.',
  fields: (t) => ({
    at: t.expose('occurredAt', { type: 'DateTime', description: 'When.' }),
    channel: t.exposeString('channel', { nullable: true, description: 'Null where the source did not say.' }),
    campaign: t.exposeString('campaign', { nullable: true, description: 'The campaign, if one was named.' }),
    content: t.exposeString('content', { nullable: true, description: 'The content, if one was named.' }),
    repId: t.exposeString('repId', { nullable: true, description: 'The id of the rep, if there was one.' }),
    direct: t.exposeBoolean('direct', { description: 'Came by themselves.' }),
  }),
})

const JourneyRef = builder.objectRef<CreditedJourney>('CreditedJourney').implement({
  description: 'A success and the touches that led there. Persons are pseudonyms.',
  fields: (t) => ({
    person: t.exposeString('person', { description: 'A pseudonym.' }),
    successId: t.string({ description: 'Of the deal, contract or payment.', resolve: ({ success }) => success.id }),
    at: t.field({ type: 'DateTime', description: 'When.', resolve: ({ success }) => success.at }),
    value: t.field({ type: 'MinorUnits', description: 'What it was worth.', resolve: ({ success }) => success.value }),
    share: t.exposeFloat('share', {
      nullable: true,
      description: 'What of it the model gives the key; null for Markov, whose credit is of no single journey.',
    }),
    touches: t.field({ type: [TouchRef], description: 'In order.', resolve: ({ touches }) => [...touches] }),
  }),
})
export const JourneyConnection = connectionOf(JourneyRef)

export const AttributionRunRef = builder.objectRef<AttributionRunRow>('AttributionRun').implement({
  description: 'What was asked of attribution, of which log, and the digest of what came out. It never changes.',
  fields: (t) => ({
    key: t.exposeString('runId', { description: 'Its id.' }),
    models: t.stringList({
      description: 'The models that stand side by side.',
      resolve: ({ parameters }) => parameters.models.map(enumName),
    }),
    parameters: t.expose('parameters', { type: 'JSON', description: 'All that was asked.' }),
    position: t.exposeString('asOf', { description: 'The last event of the log that could count.' }),
    digest: t.exposeString('digest', { description: 'SHA-256 of the result’s canonical JSON (RFC 8785).' }),
    conversions: t.exposeInt('conversions', { description: 'Successes.' }),
    value: t.expose('value', { type: 'MinorUnits', description: 'Their value.' }),
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When it was recorded.' }),
    recordedBy: t.exposeString('actorId', { description: 'The id of who asked.' }),
    result: t.field({
      type: ResultRef,
      description: 'The result, made again now.',
      resolve: ({ runId }, _, { attribution }) => attribution.again(runId),
    }),
  }),
})
export const AttributionRunConnection = connectionOf(AttributionRunRef)
