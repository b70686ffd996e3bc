import type { Instant, StoredEvent } from '@headwater/schema'
import type { ReadModel } from './read-model.ts'

/**
 * The read model of those facts alone that had occurred by an instant of business time (inclusive), as far as the log knows them. What cannot follow
 * on them is left out as well: a move of a deal that was opened later, which only an error or a correction can bring about. A model with
 * `shared` documents is asked all the same, so that a fault of an analyst's own fold does not pass unseen.
 */
export function occurredBy(model: ReadModel, until: Instant): ReadModel {
  const within = ({ meta }: StoredEvent) => meta.occurredAt <= until
  return {
    ...model,
    key: (event) => (within(event) ? model.key(event) : undefined),
    broadcast: (event) => (within(event) ? model.broadcast?.(event) : undefined),
    evolve(document, event, refs) {
      if (model.shared) return model.evolve(document, event, refs)
      try {
        return model.evolve(document, event, refs)
      } catch {
        return document
      }
    },
  }
}
