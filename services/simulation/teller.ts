// Tells a share of the script, block after block: the next one is decided while the last one is being written.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { aggregates } from '@headwater/application'
import type { EventLog } from '@headwater/infra/ports'
import type { Answer, Shell, ShellLog } from '@headwater/shell'
import { type DraftedAppend, DraftLog } from './draft-log.ts'
import { StoryRefused } from './refused.ts'
import type { Script } from './script.ts'
import type { Step } from './step.ts'

/** Tells the blocks of a share. Who has a teller for each share calls them in turn, and so the log gets all blocks in their order. */
export interface Teller {
  /**
   * Writes the next block of this part; undefined when there is none. A part begins when the one before is written.
   * @throws StoryRefused; what the shell and the log throw
   */
  writeNext(part: number): Promise<WrittenBlock | undefined>
}

export interface WrittenBlock {
  readonly stories: number
  readonly events: number
}

export interface TellerOptions {
  readonly log: Pick<EventLog, 'append' | 'head' | 'readStream'>
  /** Opens a shell on another log. */
  readonly shellOn: (log: ShellLog) => Pick<Shell, 'executeAll'>
}

/** Stories told at once: who needs something of the database, such as a new person's key, asks for it together. */
const AT_ONCE = 64

interface Block {
  readonly stories: number
  readonly appends: readonly DraftedAppend[]
}

/** A part under way. */
interface Telling {
  readonly part: number
  readonly blocks: AsyncGenerator<Block>
  next: Promise<IteratorResult<Block>>
}

/** @param script of one share */
export function openTeller(script: Script, options: TellerOptions): Teller {
  return new LogTeller(script, options)
}

class LogTeller implements Teller {
  private readonly script: Script
  private readonly options: TellerOptions
  private telling: Telling | undefined
  /** As long as blocks are met of which something is in the log. */
  private resuming: boolean | undefined

  constructor(script: Script, options: TellerOptions) {
    this.script = script
    this.options = options
  }

  async writeNext(part: number): Promise<WrittenBlock | undefined> {
    if (this.telling?.part !== part) this.telling = begin(part, this.blocks(part))
    const { telling } = this
    const { value: block } = await telling.next
    if (!block) return undefined
    telling.next = ahead(telling.blocks)
    const { log } = this.options
    const { stories, appends } = block as Block
    await allDone(appends.map(({ stream, events, expected }) => log.append(stream, events, { expected })))
    return { stories, events: appends.reduce((sum, { events }) => sum + events.length, 0) }
  }

  private async *blocks(part: number): AsyncGenerator<Block> {
    const { log, shellOn } = this.options
    this.resuming ??= (await log.head()) !== undefined
    const draft = new DraftLog(log)
    const shell = shellOn(draft)
    for (const stories of this.script.parts[part]!.blocks) {
      await this.tellBlock(stories, shell, draft)
      yield { stories: stories.length, appends: inOrder(draft.take(), stories) }
    }
  }

  private async tellBlock(stories: readonly Told[], shell: Pick<Shell, 'executeAll'>, draft: DraftLog): Promise<void> {
    const left = stories.values()
    let begun = stories.length === 0
    const teller = async () => {
      for (const story of left) {
        const rest = this.resuming ? await unwritten(story, draft) : story
        begun ||= rest.length < story.length
        for (const run of runs(rest)) await tell(run, shell)
        // What is being written has its turn.
        await nextTurn()
      }
    }
    await allDone(Array.from({ length: AT_ONCE }, teller))
    this.resuming &&= begun
  }
}

type Told = readonly Step[]

function begin(part: number, blocks: AsyncGenerator<Block>): Telling {
  return { part, blocks, next: ahead(blocks) }
}

/** Whoever asks for the block hears of the error; a teller that was stopped need not. */
function ahead(blocks: AsyncGenerator<Block>): Promise<IteratorResult<Block>> {
  const next = blocks.next()
  next.catch(() => {})
  return next
}

/** Ends when all have ended, so that nothing is still being written after an error. @throws the first error */
async function allDone(work: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason
}

/** As the stories tell it, whichever was decided first. */
function inOrder(appends: readonly DraftedAppend[], stories: readonly Told[]): readonly DraftedAppend[] {
  const places = new Map(stories.flat().map(({ envelope }, place) => [envelope.commandId, place]))
  const placeOf = ({ events }: DraftedAppend) => places.get(events[0]!.meta.commandId)!
  return appends.toSorted((a, b) => placeOf(a) - placeOf(b))
}

const streamOf = ({ category, id }: Step) => `${category}-${id}`

/**
 * What is left to do. A refused attempt leaves no trace and must not be made again on what came after it: whatever comes before a step that
 * is in the log was done.
 */
async function unwritten(story: Told, log: Pick<EventLog, 'readStream'>): Promise<Told> {
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
function runs(story: Told): Run[] {
  const found: [Step, ...Step[]][] = []
  for (const step of story) {
    const run = found.at(-1)
    if (run && streamOf(run[0]) === streamOf(step)) run.push(step)
    else found.push([step])
  }
  return found
}

/** @throws StoryRefused */
async function tell(run: Run, shell: Pick<Shell, 'executeAll'>): Promise<void> {
  const [{ category, id }] = run
  const answers = await shell.executeAll(aggregates.get(category)!, id, run)
  for (const [i, step] of run.entries()) expectAsTold(step, answers[i]!)
}

/** @throws StoryRefused */
function expectAsTold(step: Step, answer: Answer): void {
  const refusal = answer.status === 'refused' ? answer.refusal : undefined
  if (refusal?.code !== step.refused) throw new StoryRefused(`${step.command.type} on ${streamOf(step)}`, refusal)
}
