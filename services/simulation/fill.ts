// Carries a script out through the deciders, and completes one that was interrupted.
import { aggregates } from '@headwater/application'
import type { EventLog } from '@headwater/infra/ports'
import type { Answer, Shell } from '@headwater/shell'
import { closeMonth, type MonthCloser } from './finance/close.ts'
import { StoryRefused } from './refused.ts'
import type { Script } from './script.ts'
import type { Step } from './step.ts'

export interface FillOptions {
  readonly log: Pick<EventLog, 'head' | 'readStream'>
  readonly shell: Pick<Shell, 'executeAll'>
  /** Makes what was written so far visible to look-ups: a part may look up what the one before wrote. */
  readonly settle: () => Promise<void>
  /** Closes the ledger's months; without it, none is closed. */
  readonly closing?: MonthCloser | undefined
  readonly onProgress?: (progress: FillProgress) => void
  /** Stops between two stories; filling again completes it. */
  readonly signal?: AbortSignal
}

export interface FillProgress {
  /** Share of the whole that is done, about: from 0 to 1. */
  readonly share: number
  /** Events written by this run so far. */
  readonly events: number
}

/** Stories told at once: enough for the log to write many in one commit. */
const AT_ONCE = 512
/** The next chapter begins when all stories of this one are told, so that what an interrupted run has left ends with a chapter. */
const CHAPTER = 4_000

/** @throws StoryRefused; the signal's reason; what the shell throws */
export async function fill(script: Script, options: FillOptions): Promise<void> {
  const { log, signal, settle, closing, onProgress } = options
  let [stories, events] = [0, 0]
  // As long as chapters are met of which something is in the log.
  let resuming = (await log.head()) !== undefined
  for (const part of script.parts) {
    for (const chapter of chapters(part.stories)) {
      let begun = false
      const teller = async () => {
        for (const story of chapter) {
          signal?.throwIfAborted()
          const rest = resuming ? await unwritten(story, log) : story
          begun ||= rest.length < story.length
          const written = await tell(rest, options)
          events += written
          onProgress?.({ share: Math.min(1, ++stories / script.expected), events })
        }
      }
      await allDone(Array.from({ length: AT_ONCE }, teller))
      resuming &&= begun
    }
    await settle()
    if (!part.closes || !closing) continue
    signal?.throwIfAborted()
    events += await closeMonth(part.closes, closing, log)
  }
}

/** Each is for several loops at once: an error in one of them ends the others. */
function* chapters<T>(stories: Iterable<T>): Generator<Generator<T>> {
  const all = stories[Symbol.iterator]()
  let next = all.next()
  while (!next.done) yield chapter()

  function* chapter() {
    for (let n = 0; n < CHAPTER && !next.done; n++) {
      const { value } = next
      next = all.next()
      yield value
    }
  }
}

/** Ends when all have ended, so that nothing is still being written after an error. @throws the first error */
async function allDone(work: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason
}

/** Returns how many events it took. */
async function tell(story: readonly Step[], { shell }: FillOptions): Promise<number> {
  let events = 0
  for (const run of runs(story)) {
    const [{ category, id }] = run
    const answers = await shell.executeAll(aggregates.get(category)!, id, run)
    for (const [i, step] of run.entries()) events += eventsOf(step, answers[i]!)
  }
  return events
}

const streamOf = ({ category, id }: Step) => `${category}-${id}`

/**
 * What is left to do. A refused attempt leaves no trace and must not be made again on what came after it: whatever comes before a step that
 * is in the log was done.
 */
async function unwritten(story: readonly Step[], log: FillOptions['log']): Promise<readonly Step[]> {
  const streams = [...new Set(story.map(streamOf))]
  const events = await Promise.all(streams.map((stream) => log.readStream(stream)))
  const written = new Set(events.flat().map(({ meta }) => meta.commandId))
  const last = new Map<string, number>()
  story.forEach((step, i) => {
    if (written.has(step.envelope.commandId)) last.set(streamOf(step), i)
  })
  return story.filter((step, i) => i > (last.get(streamOf(step)) ?? -1))
}

type Run = readonly [Step, ...Step[]]

/** Neighbouring steps on one stream, which are one append. */
function runs(story: readonly Step[]): Run[] {
  const found: [Step, ...Step[]][] = []
  for (const step of story) {
    const run = found.at(-1)
    if (run && streamOf(run[0]) === streamOf(step)) run.push(step)
    else found.push([step])
  }
  return found
}

/** How many events a step wrote. @throws StoryRefused */
function eventsOf(step: Step, answer: Answer): number {
  const refusal = answer.status === 'refused' ? answer.refusal : undefined
  if (refusal?.code !== step.refused) throw new StoryRefused(`${step.command.type} on ${streamOf(step)}`, refusal)
  return answer.status === 'accepted' && !answer.repeated ? answer.events.length : 0
}
