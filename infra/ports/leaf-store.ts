import type { Position } from '@headwater/schema'

/** Leaves of the log's Merkle tree as they were when a period was closed. */
export interface LeafPage {
  /** Place of the first of them in the log, from 0. */
  readonly first: number
  /** 16 bytes a leaf: the event's id. */
  readonly ids: Buffer
  /** 32 bytes a leaf. */
  readonly hashes: Buffer
  /** Position of the last of these events. */
  readonly through: Position
}

/**
 * Witnesses of the log, event by event: a root says that something was changed, these say what. They are trusted no further than their
 * own root is the sealed one.
 */
export interface LeafStore {
  /** How many there are, and the position of the last one's event; undefined while there are none. */
  end(): Promise<{ readonly size: number; readonly through: Position } | undefined>
  /** Adds a page at the end. @throws LeavesMoved where `first` is not the end. */
  append(page: LeafPage): Promise<void>
  /** All, in order. */
  read(): AsyncIterable<LeafPage>
}

/** Somebody else recorded leaves meanwhile. Nothing was written; what they recorded is the same. */
export class LeavesMoved extends Error {
  override readonly name = 'LeavesMoved'
  constructor(first: number) {
    super(`leaves from event ${first} on are being recorded by another process; try again`)
  }
}
