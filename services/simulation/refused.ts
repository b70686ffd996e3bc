import type { Refusal } from '@headwater/schema'

/** The story and the deciders disagree: one of the two was changed without the other. */
export class StoryRefused extends Error {
  override readonly name = 'StoryRefused'
  constructor(
    what: string,
    readonly refusal: Refusal | undefined,
  ) {
    super(`${what}: ${refusal ? `${refusal.code}, ${refusal.message}` : 'was to be refused'}`)
  }
}
