// What PostGraphile, with its plugins for filters and aggregates, can say of a funnel over the same table.
import type { Database } from '@headwater/infra/database'
import type { FunnelQueryInput } from '@headwater/projections'
import { loadPeer } from '../peers.ts'

const columns: Partial<Record<string, string>> = {
  store: 'STORE_ID',
  rep: 'REP_ID',
  channel: 'CHANNEL',
  productLine: 'PRODUCT_LINE',
}
const fields: Partial<Record<string, string>> = { store: 'storeId', rep: 'repId', channel: 'channel' }

/**
 * How many deals reached each stage, by visits that began in the cohort's time: one number of some twenty, and no step conversion,
 * percentile, reopening or first visit. Undefined for a question by region, by week or with a conversion window, which it cannot put at all.
 */
export function reachedQuestion({
  playbook,
  groupBy = [],
  filter = {},
  cohort = {},
  conversionWindow,
}: FunnelQueryInput): string | undefined {
  const groups = groupBy.map((dimension) => columns[dimension])
  const filters = Object.entries(filter).map(([dimension, values]) => ({ field: fields[dimension], values }))
  if (conversionWindow || groups.includes(undefined) || filters.some(({ field }) => !field)) return undefined
  const conditions = [
    `playbookId: { equalTo: ${JSON.stringify(playbook.id)} }`,
    ...(cohort.from ? [`since: { greaterThanOrEqualTo: ${JSON.stringify(cohort.from)} }`] : []),
    ...(cohort.to ? [`since: { lessThan: ${JSON.stringify(cohort.to)} }`] : []),
    ...filters.map(({ field, values }) => `${field}: { in: ${JSON.stringify(values)} }`),
  ]
  // One filter object may name a field once.
  const all = conditions.map((condition) => `{ ${condition} }`).join(', ')
  return `{ allStageVisits(filter: { and: [${all}] }) {
    groupedAggregates(groupBy: [${['STAGE', ...groups].join(', ')}]) { keys distinctCount { dealId } } } }`
}

/** @returns runs a GraphQL query; @throws what the query's errors say */
export async function openPostGraphile({ pool }: Database): Promise<(query: string) => Promise<unknown>> {
  const { createPostGraphileSchema, withPostGraphileContext } = await loadPeer('postgraphile')
  const { default: filter } = await loadPeer('postgraphile-plugin-connection-filter')
  const { default: aggregates } = await loadPeer('@graphile/pg-aggregates')
  const { graphql } = await loadPeer('graphql')
  const schema = await createPostGraphileSchema(pool, ['read'], { appendPlugins: [filter, aggregates.default] })
  return (query) =>
    withPostGraphileContext({ pgPool: pool }, async (context: unknown) => {
      const { data, errors } = await graphql(schema, query, null, context)
      if (errors) throw errors[0]
      return data
    })
}
