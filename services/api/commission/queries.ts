import {
  explainLine,
  forecastOf,
  IncomeHidden,
  LedgerNotOpen,
  listStatements,
  openStatement,
  statementOf,
  UnknownLine,
  UnknownPeriod,
  UnknownRep,
} from '@headwater/projections'
import type { Instant } from '@headwater/schema'
import { systemClock } from '@headwater/shell'
import { GraphQLError } from 'graphql'
import type { Context } from '../context.ts'
import { builder } from '../shared/builder.ts'
import { atLeastArg, beFresh } from '../shared/fresh.ts'
import { badInput, keyOf } from '../shared/global-id.ts'
import { connection, pageArgs } from '../shared/page.ts'
import { ExplainedLineRef } from './explanation.ts'
import { AccrualRef, ForecastRef } from './outlook.ts'
import { StatementConnection, StatementRef } from './statements.ts'

const nowOf = ({ application }: Context): Instant => (application.options.clock ?? systemClock).now()

/** @throws GraphQLError `BAD_USER_INPUT`, `FORBIDDEN` */
const answered = <T>(found: Promise<T>): Promise<T> =>
  found.catch((error: unknown) => {
    if (error instanceof IncomeHidden)
      throw new GraphQLError(`${error.message}.`, { extensions: { code: 'FORBIDDEN' } })
    const mendable = [LedgerNotOpen, UnknownPeriod, UnknownRep, UnknownLine].some((kind) => error instanceof kind)
    throw mendable ? badInput(`${(error as Error).message}.`) : error
  })

const whose = {
  required: true,
  description: 'The rep: reps see their own, managers their reporting line, finance and headquarters all.',
} as const
const month = { required: true, description: 'The month, such as `2026-05`: up to the one that it is now.' } as const

builder.queryFields((t) => ({
  commissionStatement: t.field({
    type: StatementRef,
    description: 'What a rep gets for a month.',
    args: { rep: t.arg.id(whose), period: t.arg.string(month), atLeast: t.arg(atLeastArg) },
    resolve: async (_, { rep, period, atLeast }, context) => {
      await beFresh(context, atLeast)
      const asked = { repId: keyOf('Rep', rep), period, now: nowOf(context) }
      return answered(statementOf(context.db, context.viewer, asked))
    },
  }),
  commissionStatements: t.field({
    type: StatementConnection,
    description: 'What those get for a month whose income the viewer may see, by the reps’ ids.',
    args: { ...pageArgs(t.arg), period: t.arg.string(month), atLeast: t.arg(atLeastArg) },
    resolve: async (_, { period, atLeast, ...page }, context) => {
      await beFresh(context, atLeast)
      const asked = { period, now: nowOf(context) }
      return answered(connection(page, (request) => listStatements(context.db, context.viewer, asked, request)))
    },
  }),
  commissionLine: t.field({
    type: ExplainedLineRef,
    description: 'A line or adjustment of a statement, and how it came about.',
    args: {
      id: t.arg.string({ required: true, description: 'Its `lineId`.' }),
      atLeast: t.arg(atLeastArg),
    },
    resolve: async (_, { id, atLeast }, context) => {
      await beFresh(context, atLeast)
      return answered(explainLine(context.db, context.viewer, { lineId: id, now: nowOf(context) }))
    },
  }),
  commissionAccrual: t.field({
    type: AccrualRef,
    description: 'What a rep has so far in the month that it is now, how far the next tiers are, and the growth curve.',
    args: { rep: t.arg.id(whose), atLeast: t.arg(atLeastArg) },
    resolve: async (_, { rep, atLeast }, context) => {
      await beFresh(context, atLeast)
      return answered(openStatement(context.db, context.viewer, { repId: keyOf('Rep', rep), now: nowOf(context) }))
    },
  }),
  incomeForecast: t.field({
    type: ForecastRef,
    description: 'What a rep may expect of the next three years.',
    args: { rep: t.arg.id(whose), atLeast: t.arg(atLeastArg) },
    resolve: async (_, { rep, atLeast }, context) => {
      await beFresh(context, atLeast)
      return answered(forecastOf(context.db, context.viewer, { repId: keyOf('Rep', rep), now: nowOf(context) }))
    },
  }),
}))
