// Attribution as the engines of this process give it.
import { createHash } from 'node:crypto'
import { type Application, type Attribution, NothingRecorded, openAttribution } from '@headwater/application'
import { canonical } from '@headwater/audit'
import {
  catchUp,
  journeysModel,
  PositionBeyondHead,
  readJourneyFacts,
  type Sources,
  type Viewer,
} from '@headwater/projections'

/** Sees everybody's touches, by pseudonym. */
const analyst: Viewer = { id: 'attribution', role: 'analyst' }

/** Runs of attribution, on these engines. */
export function attributionOf(application: Application, sources: Sources): Attribution {
  const { db, log } = sources
  return openAttribution(application, {
    async positionOf(at) {
      const head = await log.head()
      const recordedAt = at && 'recordedAt' in at ? at.recordedAt : undefined
      const position =
        recordedAt !== undefined ? await log.positionAt(recordedAt) : at && 'position' in at ? at.position : head
      if (position === undefined || head === undefined) throw new NothingRecorded(recordedAt)
      log.share(position, head)
      if (position > head) throw new PositionBeyondHead(position, head)
      return position
    },
    async facts(which) {
      await catchUp(sources, [journeysModel])
      return readJourneyFacts(db, analyst, which)
    },
    digest: (result) => createHash('sha256').update(canonical(result)).digest('hex'),
  })
}
