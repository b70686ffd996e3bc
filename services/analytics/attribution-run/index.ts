// Runs of attribution: what was asked, of which log, and the digest of what came out. Recorded once and never changed.
import { type Aggregate, type AttributionEvent, AttributionRun, refusing, sameData } from '@headwater/schema'
import { z } from 'zod'

/** Null before it is recorded. */
export type AttributionRunState = AttributionRun | null
export type AttributionRunRefusal = 'run-exists'

/** The stream's id is the run's. */
export const AttributionRunCommand = z.object({ type: z.literal('RecordAttributionRun'), data: AttributionRun })
export type AttributionRunCommand = z.infer<typeof AttributionRunCommand>

const refuse = refusing<AttributionRunRefusal>()

export const attributionRun: Aggregate<AttributionRunState, AttributionRunCommand, AttributionEvent> = {
  category: 'attribution',
  command: AttributionRunCommand,
  initialState: null,
  evolve: (_, { data: { runId: _id, ...run } }) => run,
  decide({ data }, state, { streamId: runId }) {
    if (state === null) return [{ type: 'AttributionRunRecorded', data: { ...data, runId } }]
    if (sameData(data, state)) return []
    return refuse('run-exists', `Run ${runId} is recorded, and a run never changes: a new one needs a new id.`, {
      runId,
    })
  },
  begins: ['RecordAttributionRun'],
  caseId: (id) => id,
}
