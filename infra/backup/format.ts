// The file: gzip over lines. First what it is (JSON), then the rows of each table as Postgres's COPY writes them, in the order of `tables`,
// last how many they were and a SHA-256 over everything before (JSON). COPY's text has one row a line, whatever is in it, on every
// version and machine, and goes back in as it came.
import { z } from 'zod'

/** What is kept, with the columns that are part of the format. Read models are left out: they follow from the log. */
export const tables = [
  {
    name: 'log.events',
    columns: 'position, stream, revision, id, type, recorded_at, body',
    order: 'position',
  },
  { name: 'log.deleted_streams', columns: 'stream', order: 'stream' },
  { name: 'vault.subject_keys', columns: 'subject, wrapped, created_at, forgotten_at', order: 'subject' },
  { name: 'vault.master_key', columns: 'proof', order: 'proof' },
  // What the log was when its months were sealed: leaves made anew of a restored log would say nothing of what was changed in it.
  { name: 'audit.leaves', columns: 'first, ids, hashes, through', order: 'first' },
] as const

export const Head = z.object({
  format: z.literal('headwater-backup'),
  /** 1: without the leaves. */
  version: z.literal([1, 2]),
  createdAt: z.iso.datetime(),
  /** Base64; only where it was asked for. */
  masterKey: z.string().nullable(),
})
export type Head = z.infer<typeof Head>

export const Tail = z.object({
  /** Of each table, in order. */
  rows: z
    .array(z.int().min(0))
    .min(tables.length - 1)
    .max(tables.length),
  sha256: z.string().length(64),
})
export type Tail = z.infer<typeof Tail>

/** What a backup holds. */
export interface BackupContents {
  readonly createdAt: string
  readonly events: number
  readonly keys: number
  readonly masterKey: 'included' | 'not included'
  readonly sha256: string
}

export function contentsOf({ createdAt, masterKey }: Head, { rows, sha256 }: Tail): BackupContents {
  const [events = 0, , keys = 0] = rows
  return { createdAt, events, keys, masterKey: masterKey === null ? 'not included' : 'included', sha256 }
}

/** The backup is damaged, cut off, of another format or cannot be put where it was asked to. The message is one line for people. */
export class BackupRefused extends Error {
  override readonly name = 'BackupRefused'
}
