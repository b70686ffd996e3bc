// Given these events, then this document: specs of folds without a database.
import {
  type DomainEvent,
  deriveId,
  type Instant,
  type Position,
  type RecordedEvent,
  type StoredEvent,
} from '@headwater/schema'
import type { Document, ReadModel } from '../engine/read-model.ts'
import type { Table } from '../engine/table.ts'
import { type Fact, stored } from './facts.ts'

/** Facts as a log would give them back: position by place in the list, recorded a second after each other. */
export function recorded(facts: readonly Fact[], keys?: ReadonlyMap<string, Buffer>): RecordedEvent[] {
  const revisions = new Map<string, number>()
  return facts.map((fact, i) => {
    const revision = (revisions.get(fact.stream) ?? -1) + 1
    revisions.set(fact.stream, revision)
    return {
      ...stored(fact, deriveId(fact.stream, `${revision}`), keys),
      stream: fact.stream,
      revision,
      position: String(i + 1).padStart(16, '0') as Position,
      recordedAt: new Date(Date.parse('2026-06-01T00:00:00.000Z') + i * 1000).toISOString(),
    }
  })
}

/** Folds one stream's events, each at its business time. */
export function fold<Root extends Table, Parts extends Record<string, Table>, Refs>(
  model: ReadModel<Root, Parts, Refs>,
  stream: string,
  refs: Refs,
  ...events: readonly (readonly [at: Instant, event: DomainEvent])[]
): Document<Root, Parts> {
  const facts = events.map(([at, event]) => ({ stream, at, event }))
  const document = recorded(facts).reduce<Document<Root, Parts> | undefined>(
    (before, event) => model.evolve(before, event as StoredEvent, refs),
    undefined,
  )
  if (!document) throw new Error('there is no document')
  return document
}
