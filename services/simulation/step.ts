import { type Actor, type Instant, instantOf } from '@headwater/schema'

export type Category =
  | 'organisation'
  | 'playbook'
  | 'visitor'
  | 'lead'
  | 'customer'
  | 'deal'
  | 'contract'
  | 'plan'
  | 'ledger'

/** One command of the story, addressed and dated. */
export interface Step {
  readonly category: Category
  readonly id: string
  readonly command: { readonly type: string; readonly data: Record<string, unknown> }
  readonly envelope: { readonly commandId: string; readonly actor: Actor; readonly occurredAt: Instant }
  /** The code of the refusal, where being refused is part of the story. */
  readonly refused?: string
}

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** Writes down the steps of one story; their command ids count on from `prefix`. */
export class Story {
  readonly steps: Step[] = []
  readonly #prefix: string
  readonly #until: number

  /** Nothing after `until` (milliseconds) is told: it has not happened yet. */
  constructor(prefix: string, until: number) {
    this.#prefix = prefix
    this.#until = until
  }

  /** The command's id; undefined where it has not happened yet. `at` in milliseconds. */
  tell(
    at: number,
    actor: Actor,
    stream: readonly [Category, string],
    type: string,
    data: Record<string, unknown> = {},
    refused?: string,
  ): string | undefined {
    if (at > this.#until) return undefined
    const commandId = `${this.#prefix}.${this.steps.length}`
    this.steps.push({
      category: stream[0],
      id: stream[1],
      command: { type, data },
      envelope: { commandId, actor, occurredAt: instantOf(at) },
      ...(refused === undefined ? {} : { refused }),
    })
    return commandId
  }
}
