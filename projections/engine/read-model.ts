import type { EventLog, KeyVault } from '@headwater/infra/ports'
import type { StoredEvent } from '@headwater/schema'
import type { Row, Table } from './table.ts'

/** What a read model may ask for before it folds. */
export interface PrepareContext {
  /** For immutable references only, such as published playbook versions. */
  readonly log: Pick<EventLog, 'readStream'>
  readonly vault: KeyVault
}

/** A document: one row of the root table and the rows of the parts that belong to it. */
export type Document<Root extends Table = Table, Parts extends Record<string, Table> = Record<string, Table>> = {
  readonly root: Row<Root>
} & { readonly [part in keyof Parts]: readonly Row<Parts[part]>[] }

/**
 * A read model: a pure fold of events into documents. A document is all that one key has; its state is the very rows that its
 * tables hold. `evolve` shares the rows that it does not change: those are not written again.
 */
export interface ReadModel<
  // biome-ignore lint/suspicious/noExplicitAny: variance: the engine holds read models of every shape
  Root extends Table = any,
  // biome-ignore lint/suspicious/noExplicitAny: see above
  Parts extends Record<string, Table> = any,
  // biome-ignore lint/suspicious/noExplicitAny: see above
  Refs = any,
> {
  readonly name: string
  /** Counts up with every change of tables or fold: the tables are then built anew beside the old ones. */
  readonly version: number
  /** One row a document; the first column of its key is the document's id, the column `revision` that of the document's stream. */
  readonly root: Root
  readonly parts: Parts
  /** Prefixes of the streams it reads. */
  readonly streams: readonly string[]
  /** A document may be fed by several streams: their first events then say nothing of its beginning. Such a model is for replays only. */
  readonly shared?: boolean
  /** The document that an event belongs to: the id of its stream, unless documents are `shared`. Undefined where it means nothing here. */
  key(event: StoredEvent): string | undefined
  /** For an event of no one document: it goes to every document whose root has this value in this (indexed) column. */
  broadcast?(
    event: StoredEvent,
  ): { readonly column: keyof Root['columns'] & string; readonly value: string } | undefined
  /** Loads what the fold needs besides its events, for a batch of them and the documents it starts from. */
  prepare?(
    events: readonly StoredEvent[],
    documents: readonly Document<Root, Parts>[],
    context: PrepareContext,
  ): Promise<Refs>
  /** Undefined: there is no such document (any more). */
  evolve(document: Document<Root, Parts> | undefined, event: StoredEvent, refs: Refs): Document<Root, Parts> | undefined
}
