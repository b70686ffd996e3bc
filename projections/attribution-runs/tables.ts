import type { AttributionParameters } from '@headwater/schema'
import { bigint, integer, json, type Row, table, text } from '../engine/table.ts'
import { factColumns } from '../fact.ts'

/** Runs of attribution; the fact is that it was recorded. */
export const attributionRuns = table(
  'attribution_runs',
  {
    runId: text(),
    revision: integer,
    actorId: text(),
    parameters: json<AttributionParameters>(),
    /** The last event that could count. */
    asOf: text(),
    digest: text(),
    conversions: bigint,
    /** Minor units of the parameters' currency. */
    value: bigint,
    ...factColumns,
  },
  ['runId'],
  ['recorded_at, run_id'],
)

export type AttributionRunRow = Row<typeof attributionRuns>
