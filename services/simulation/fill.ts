// Carries a script out through the deciders, and completes one that was interrupted.
import { type Application, aggregates } from '@headwater/application'
import type { Refusal } from '@headwater/schema'
import type { Script } from './script.ts'
import type { Step } from './step.ts'

export interface FillOptions {
  readonly application: Application
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
  let done = 0
  for (const { stories } of script.parts) {
    const next = stories.values()
    const teller = async () => {
      for (const story of next) {
        options.signal?.throwIfAborted()
        await tell(story, options)
        done += story.length
        options.onProgress?.(done)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, teller))
    await options.settle()
  }
}

async function tell(story: readonly Step[], { application, written }: FillOptions): Promise<void> {
  for (const run of runs(unwritten(story, written))) {
    const [first] = run
    const { id, command, envelope } = first
    if (command.type === 'ConvertLead') check(first, await application.convertLead(id, command.data as never, envelope))
    else if (command.type === 'MergeLead')
      check(first, await application.mergeLeads(id, command.data.intoLeadId as string, envelope))
    else {
      const answers = await application.shell.executeAll(aggregates.get(first.category)!, id, run)
      for (const [i, step] of run.entries()) check(step, answers[i]!)
    }
  }
}

const streamOf = ({ category, id }: Step) => `${category}-${id}`

/** Use cases of the application: they write to several streams, and complete themselves when they are repeated. */
const acrossStreams = ({ command }: Step) => command.type === 'ConvertLead' || command.type === 'MergeLead'

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
  return story.filter((step, i) => acrossStreams(step) || i > (last.get(streamOf(step)) ?? -1))
}

type Run = readonly [Step, ...Step[]]

/** Neighbouring steps on one stream, which are one append. */
function runs(story: readonly Step[]): Run[] {
  const found: [Step, ...Step[]][] = []
  for (const step of story) {
    const run = found.at(-1)
    if (run && !acrossStreams(step) && !acrossStreams(run[0]) && streamOf(run[0]) === streamOf(step)) run.push(step)
    else found.push([step])
  }
  return found
}

function check(step: Step, answer: { status: string; refusal?: Refusal }): void {
  if (answer.refusal?.code !== step.refused) throw new StoryRefused(step, answer.refusal)
}
