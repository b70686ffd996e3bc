import { UnknownPlaybook } from '@headwater/projections'
import { builder } from '../shared/builder.ts'
import { atLeastArg, beFresh } from '../shared/fresh.ts'
import { badInput } from '../shared/global-id.ts'
import { FunnelInput, funnelQueryOf } from './input.ts'
import { FunnelRef } from './types.ts'

builder.queryField('funnel', (t) =>
  t.field({
    type: FunnelRef,
    description:
      'The funnel of a playbook: reached, converted, conversion, dwell, open and lost deals per stage, for any split, filter, cohort and past date.',
    args: {
      query: t.arg({ type: FunnelInput, required: true, description: 'What is asked.' }),
      atLeast: t.arg(atLeastArg),
    },
    resolve: async (_, { query: input, atLeast }, context) => {
      const query = funnelQueryOf(input)
      await beFresh(context, atLeast)
      const result = await context.readModels.funnel(context.viewer, query).catch((error: unknown) => {
        throw error instanceof UnknownPlaybook ? badInput(`${error.message}.`) : error
      })
      return { query, result }
    },
  }),
)
