import type { LeafStore, StoredEvents } from '@headwater/infra/ports'
import type { Position } from '@headwater/schema'
import { MerkleTree } from '../merkle/index.ts'
import { leavesOf } from './leaves.ts'

/** What a seal says of the log: the Merkle root over its first `size` events, in hexadecimal. */
export interface LogRoot {
  readonly size: number
  readonly root: string
}

/** Root over the stored bytes of the log up to and including `until`; memory is flat in its length. */
export async function logRoot(log: StoredEvents, until: Position): Promise<LogRoot> {
  const tree = new MerkleTree()
  for await (const page of log.readStored({ until })) tree.add(leavesOf(page))
  return rootOf(tree)
}

/**
 * The root as `logRoot` gives it, and every leaf kept: for a close. Only what is not recorded yet is read of the log; what is, counts as
 * it was then, so that each root goes on from the one before.
 * @throws LeavesMoved when another process records at the same time
 */
export async function recordLog(log: StoredEvents, leaves: LeafStore, until: Position): Promise<LogRoot> {
  const end = await leaves.end()
  // Recorded for a later cut-off already, which was returned or is not closed yet.
  if (end && end.through > until) return logRoot(log, until)
  const tree = new MerkleTree()
  for await (const { hashes } of leaves.read()) tree.add(hashes)
  for await (const page of log.readStored({ after: end?.through, until })) {
    const hashes = leavesOf(page)
    await leaves.append({ first: tree.size, ids: page.ids, hashes, through: page.positionOf(page.count - 1) })
    tree.add(hashes)
  }
  return rootOf(tree)
}

const rootOf = (tree: MerkleTree): LogRoot => ({ size: tree.size, root: tree.root() })
