// Carries a script out through the deciders, and completes one that was interrupted.
import { aggregates } from '@headwater/application'
import type { KeyVault } from '@headwater/infra/ports'
import type { Refusal } from '@headwater/schema'
import type { Answer, Shell } from '@headwater/shell'
import type { Script } from './script.ts'
import type { Step } from './step.ts'

export interface FillOptions {
  readonly shell: Shell
  readonly vault: Pick<KeyVault, 'obtain'>
  /** Ids of commands that an earlier, interrupted run has left in the log. */
  readonly written?: ReadonlySet<string>
  /** Makes what was written so far visible to look-ups: a part may look up what the one before wrote. */
  readonly settle: () => Promise<void>
  /** Steps done so far, of `script.size`. */
  readonly onProgress?: (done: number) => void
  /** Stops between two stories; filling again completes it. */
  readonly signal?: AbortSignal
}

/** Stories told at once: enough for the log to write many in one commit. */
const AT_ONCE = 64
const CHAPTER = 1_000

/** The story and the deciders disagree: one of the two was changed without the other. */
export class StoryRefused extends Error {
  override readonly name = 'StoryRefused'
  constructor(
    readonly step: Step,
    readonly refusal: Refusal | undefined,
  ) {
    const { command, category, id } = step
    super(
      `${command.type} on ${category}-${id}: ${refusal ? `${refusal.code}, ${refusal.message}` : 'was to be refused'}`,
    )
  }
}

/** @throws StoryRefused; the signal's reason; what the shell throws */
export async function fill(script: Script, options: FillOptions): Promise<void> {
  const { vault, signal, settle, onProgress } = options
  let done = 0
  for (const { stories } of script.parts) {
    for (let from = 0; from < stories.length; from += CHAPTER) {
      const chapter = stories.slice(from, from + CHAPTER)
      await vault.obtain(persons(chapter))
      const next = each(chapter)
      const teller = async () => {
        for (const story of next) {
          signal?.throwIfAborted()
          await tell(story, options)
          done += story.length
          onProgress?.(done)
        }
      }
      await allDone(Array.from({ length: AT_ONCE }, teller))
    }
    await settle()
  }
}

/** For several loops at once: an error in one of them ends the others. */
function* each<T>(items: readonly T[]): Generator<T> {
  yield* items
}

/** Ends when all have ended, so that nothing is still being written after an error. @throws the first error */
async function allDone(work: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason
}

/** Whose keys the stories need: made together they cost one commit instead of one each. */
function persons(stories: readonly (readonly Step[])[]): string[] {
  const contacts = stories.flat().map(({ command }) => command.data.contact as { subject: string } | undefined)
  return [...new Set(contacts.flatMap((contact) => contact?.subject ?? []))]
}

async function tell(story: readonly Step[], { shell, written }: FillOptions): Promise<void> {
  for (const run of runs(unwritten(story, written))) {
    const [{ category, id }] = run
    const answers = await shell.executeAll(aggregates.get(category)!, id, run)
    for (const [i, step] of run.entries()) check(step, answers[i]!)
  }
}

const streamOf = ({ category, id }: Step) => `${category}-${id}`

/**
 * What is left to do. A refused attempt leaves no trace and must not be made again on what came after it: whatever comes before a step that
 * is in the log was done.
 */
function unwritten(story: readonly Step[], written: ReadonlySet<string> = new Set()): readonly Step[] {
  if (written.size === 0) return story
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

function check(step: Step, answer: Answer): void {
  const refusal = answer.status === 'refused' ? answer.refusal : undefined
  if (refusal?.code !== step.refused) throw new StoryRefused(step, refusal)
}
