// What the stream of a device tells: which of its items were answered, and which wait for their turn.
import type { Refusal, StoredEvent } from '@headwater/schema'

interface Numbered {
  /** The device's own count, from 1 without gaps. */
  readonly sequence: number
  readonly commandId: string
}

/** The first and only answer to an item. */
export type KeptAnswer =
  | { readonly status: 'accepted'; readonly stream: string; readonly revision: number }
  | { readonly status: 'refused'; readonly refusal: Refusal }

export interface HeldItem extends Numbered {
  /** The sealed item. */
  readonly sealed: string
}

export type Place =
  | { readonly kind: 'answered'; readonly answer: KeptAnswer }
  /** Its turn, or not yet. */
  | { readonly kind: 'next' | 'early' | 'held' }
  /** Another command has this number. */
  | { readonly kind: 'taken' }

/** The fold of a device's stream; it grows in place, as devices write long streams. */
export class Device {
  /** Of the last event; −1 without any. */
  revision = -1
  /** The number that is carried out next. */
  next = 1
  private readonly answers = new Map<string, KeptAnswer>()
  private readonly held = new Map<number, HeldItem>()
  private readonly heldIds = new Set<string>()

  apply(event: StoredEvent): void {
    if (event.type === 'OfflineItemHeld') {
      const { sequence, commandId, command: sealed } = event.data
      this.held.set(sequence, { sequence, commandId, sealed })
      this.heldIds.add(commandId)
    } else if (event.type === 'OfflineItemAnswered') {
      const { sequence, commandId, answer } = event.data
      this.answers.set(commandId, kept(answer))
      this.held.delete(sequence)
      this.heldIds.delete(commandId)
      this.next = sequence + 1
    }
    this.revision = event.revision
  }

  /** A known command stays what it was, whatever number it comes with. */
  place({ sequence, commandId }: Numbered): Place {
    const answer = this.answers.get(commandId)
    if (answer) return { kind: 'answered', answer }
    if (this.heldIds.has(commandId)) return { kind: 'held' }
    if (sequence < this.next || this.held.has(sequence)) return { kind: 'taken' }
    return { kind: sequence === this.next ? 'next' : 'early' }
  }

  /** The item whose turn has come while it waited. */
  due(): HeldItem | undefined {
    return this.held.get(this.next)
  }
}

type StoredAnswer = Extract<StoredEvent, { type: 'OfflineItemAnswered' }>['data']['answer']

function kept(answer: StoredAnswer): KeptAnswer {
  if (answer.status === 'accepted') return answer
  const { status, ...refusal } = answer
  return { status, refusal: { refused: true, ...refusal } as Refusal }
}
