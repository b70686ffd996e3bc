// Many deals with one request: each is decided, and answered, by itself.
import type { MigratedDeal } from '@headwater/application'
import { deriveId } from '@headwater/schema'
import { limits } from '../http/limits.ts'
import { builder } from '../shared/builder.ts'
import { idOf } from '../shared/input.ts'
import { defineMutation } from '../shared/mutation.ts'
import { DealRef } from '../shared/refs.ts'
import { CommandRefusedRef, located, tooMany } from '../shared/refusal.ts'
import { resultOf, shown } from '../shared/result.ts'
import { MissingItemRef } from '../shared/values.ts'
import { StageMappingInput, stagesOf } from './inputs.ts'
import { advanceFields } from './mutations.ts'
import { DealResult } from './result.ts'

const AdvanceDealsPayload = builder.objectRef<{ results: object[] }>('AdvanceDealsPayload').implement({
  description: 'Each deal was answered by itself: some may be refused while others are carried out.',
  fields: (t) => ({
    results: t.field({
      type: [DealResult],
      description: 'The answers, in the order of the items.',
      resolve: ({ results }) => results,
    }),
  }),
})

const AdvanceDealItem = builder.inputType('AdvanceDealItem', {
  description: 'One of many deals to move forward.',
  fields: (t) => ({
    commandId: t.id({
      description: 'Its own command id; made from that of the whole and its place where it is left out.',
    }),
    occurredAt: t.field({ type: 'DateTime', description: 'When it happened; that of the whole where it is left out.' }),
    ...advanceFields(t),
  }),
})

interface Item {
  readonly commandId?: string
  readonly occurredAt?: string
  readonly dealId: string
}

defineMutation('advanceDeals', {
  description: `Moves up to ${limits.items} deals forward, each under the same gates as \`advanceDeal\`.`,
  fields: (t) => ({ items: t.field({ type: [AdvanceDealItem], required: true, description: 'The deals.' }) }),
  result: resultOf(AdvanceDealsPayload),
  run: async (input, envelope, { application }) => {
    const { items } = input as { items: readonly Item[] }
    if (items.length > limits.items) return tooMany('items', limits.items)
    const targeted = items.map(({ dealId, commandId, occurredAt, ...data }, i) => ({
      target: { category: 'deal', id: dealId },
      command: { type: 'AdvanceDeal', data },
      envelope: {
        ...envelope,
        commandId: commandId ?? deriveId(envelope.commandId, String(i)),
        occurredAt: occurredAt ?? envelope.occurredAt,
      },
    }))
    const answers = await application.dispatchAll(targeted)
    return { results: answers.map((answer, i) => shown(answer, items[i]!.dealId, ['input', 'items', String(i)])) }
  },
})

const MigratedDealRef = builder.objectRef<MigratedDeal & { dryRun: boolean }>('MigratedDeal').implement({
  description: 'What a migration means for one deal.',
  fields: (t) => ({
    deal: t.field({
      type: DealRef,
      nullable: true,
      description: 'The deal, as fresh as this answer or fresher.',
      resolve: async ({ dealId, answer, dryRun }, _, { waitFor, loaders }) => {
        if (answer.status === 'accepted' && !dryRun) await waitFor(answer)
        return loaders.deals.load(dealId)
      },
    }),
    refusal: t.field({
      type: CommandRefusedRef,
      nullable: true,
      description: 'Why it is not migrated; null where it is, or would be.',
      resolve: ({ answer }) => (answer.status === 'refused' ? located(answer.refusal) : null),
    }),
    missing: t.field({
      type: [MissingItemRef],
      description:
        'What the gates passed so far ask for under the new version, and the deal does not have. It does not hinder.',
      resolve: ({ missing }) => missing,
    }),
  }),
})

const MigrateDealsPayload = builder
  .objectRef<{ results: (MigratedDeal & { dryRun: boolean })[] }>('MigrateDealsPayload')
  .implement({
    description: 'Each deal was answered by itself.',
    fields: (t) => ({
      results: t.field({
        type: [MigratedDealRef],
        description: 'The answers, in the order of the deals.',
        resolve: ({ results }) => results,
      }),
    }),
  })

defineMutation('migrateDeals', {
  description: `Pins up to ${limits.items} open deals to another version of their playbook, or says what that would mean.`,
  fields: (t) => ({
    playbookId: idOf(t, 'Playbook', 'Their playbook.', { required: true }),
    toVersion: t.int({ required: true, description: 'The version.' }),
    stages: t.field({ type: [StageMappingInput], description: 'Where stages that the version does not have lead to.' }),
    dealIds: t.idList({ required: true, description: 'The deals.', extensions: { typename: 'Deal' } }),
    dryRun: t.boolean({ defaultValue: false, description: 'Only say what would be missing; nothing is written.' }),
  }),
  result: resultOf(MigrateDealsPayload),
  run: async (input, envelope, { application }) => {
    const { playbookId, toVersion, stages, dealIds, dryRun } = input as {
      playbookId: string
      toVersion: number
      stages?: unknown
      dealIds: readonly string[]
      dryRun: boolean
    }
    if (dealIds.length > limits.items) return tooMany('dealIds', limits.items)
    const mapping = stages === undefined ? undefined : stagesOf(stages)
    const results = await application.migrateDeals(
      { playbookId, toVersion, stages: mapping, dealIds, dryRun },
      envelope,
    )
    return { results: results.map((result) => ({ ...result, dryRun })) }
  },
})
