// What journeys are made of, as the read model `journeys` keeps it: facts with their places in the log, in any order.
import type { Instant } from '@headwater/schema'

interface Placed {
  readonly occurredAt: Instant
  readonly position: string
}

/** Somebody, by one of their names, was met by something of ours. */
export interface TouchFact extends Placed {
  readonly touchId: string
  readonly person: string
  /** Null where the source did not say, as of the three that follow. */
  readonly channel: string | null
  readonly campaign: string | null
  readonly content: string | null
  readonly repId: string | null
  /** Came by themselves. */
  readonly direct: boolean
  /** Minor units. */
  readonly cost: number | null
  readonly costCurrency: string | null
}

/** Two names of one person. */
export interface LinkFact {
  readonly person: string
  readonly samePerson: string
}

/** A lead or a deal was created, or a success came about (count 1), was undone (-1) or changed its value (0). */
export interface MarkFact extends Placed {
  readonly mark: 'lead' | 'deal' | 'won' | 'contract' | 'payment'
  readonly markId: string
  readonly person: string
  readonly dealId: string | null
  readonly count: number
  /** Minor units. */
  readonly amount: number | null
  readonly currency: string | null
}

export interface JourneyFacts {
  readonly touches: readonly TouchFact[]
  readonly links: readonly LinkFact[]
  readonly marks: readonly MarkFact[]
}
