// Carries a script out, and completes one that was interrupted.
import type { EventLog } from '@headwater/infra/ports'
import { closeMonth, type MonthCloser } from './finance/close.ts'
import type { Script } from './script.ts'
import type { Teller } from './teller.ts'

export interface FillOptions {
  readonly log: Pick<EventLog, 'readStream'>
  /** Makes what was written so far visible to look-ups: a part may look up what the one before wrote. */
  readonly settle: () => Promise<void>
  /** Closes the ledger's months; without it, none is closed. */
  readonly closing?: MonthCloser | undefined
  readonly onProgress?: (progress: FillProgress) => void
  /** Stops between two blocks; filling again completes it. */
  readonly signal?: AbortSignal
}

export interface FillProgress {
  /** Share of the whole that is done, about: from 0 to 1. */
  readonly share: number
  /** Events written by this run so far. */
  readonly events: number
}

/**
 * @param tellers one for each share of the script
 * @throws StoryRefused; the signal's reason; what the shell and the log throw
 */
export async function fill(script: Script, tellers: readonly Teller[], options: FillOptions): Promise<void> {
  const { log, signal, settle, closing, onProgress } = options
  let [stories, events] = [0, 0]
  for (const [n, { closes }] of script.parts.entries()) {
    for (let block = 0; ; block++) {
      signal?.throwIfAborted()
      const written = await tellers[block % tellers.length]!.writeNext(n)
      if (!written) break
      stories += written.stories
      events += written.events
      onProgress?.({ share: Math.min(1, stories / script.expected), events })
    }
    await settle()
    if (!closes || !closing) continue
    signal?.throwIfAborted()
    events += await closeMonth(closes, closing, log)
  }
}
