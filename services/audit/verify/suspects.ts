import type { Position } from '@headwater/schema'

const ID = 16

/** A place where the log is not as it was recorded. Ids as their 16 bytes, one character each. */
export interface Suspect {
  /** Place in the log, from 0. */
  readonly index: number
  /** Of the event that is there now. */
  readonly position: Position | undefined
  /** The event that is there now; undefined where the log ends. */
  readonly found: string | undefined
  /** The event that was recorded there. */
  readonly recorded: string
  /** Whether that event comes later in the log. */
  recordedComesLater: boolean
  /** Whether the event that is there now comes once more, later. */
  foundComesAgain: boolean
  /** Whether the event that is there now was recorded, at a later place. */
  foundBelongsLater: boolean
  /** Whether this is the last place of which something was recorded. */
  last: boolean
}

export type Tampering = 'altered' | 'removed' | 'inserted' | 'reordered'

/**
 * What was done to the log at this place, as far as recorded ids tell. An unknown event in the place of one that is gone counts as altered;
 * at the last place as removed, as what follows there is unknown anyhow.
 */
export function tamperingOf(suspect: Suspect): Tampering {
  const { found, recorded, recordedComesLater } = suspect
  if (found === recorded) return 'altered'
  if (found === undefined) return 'removed'
  const foundBelongsLater = suspect.foundBelongsLater && !suspect.foundComesAgain
  if (recordedComesLater) return foundBelongsLater ? 'reordered' : 'inserted'
  return foundBelongsLater || suspect.last ? 'removed' : 'altered'
}

/** The suspects so far, and where their events turn up in what follows. */
export class Suspects {
  readonly all: Suspect[] = []
  private readonly wanted = new Set<string>()

  add(at: Pick<Suspect, 'index' | 'position' | 'found' | 'recorded'>): void {
    this.all.push({ ...at, recordedComesLater: false, foundComesAgain: false, foundBelongsLater: false, last: true })
    this.wanted.add(at.recorded)
    if (at.found !== undefined) this.wanted.add(at.found)
  }

  /** These events come in the log from place `index` on. */
  passLog(ids: Buffer, index: number): void {
    this.pass(ids, index, (suspect, id) => {
      if (id === suspect.recorded) suspect.recordedComesLater = true
      if (id === suspect.found) suspect.foundComesAgain = true
    })
  }

  /** These events were recorded from place `index` on. */
  passRecorded(ids: Buffer, index: number): void {
    for (const suspect of this.all) if (index + ids.length / ID - 1 > suspect.index) suspect.last = false
    this.pass(ids, index, (suspect, id) => {
      if (id === suspect.found) suspect.foundBelongsLater = true
    })
  }

  private pass(ids: Buffer, index: number, meet: (suspect: Suspect, id: string) => void): void {
    if (this.all.length === 0) return
    for (let i = 0; i < ids.length / ID; i++) {
      const id = idAt(ids, i)
      if (!this.wanted.has(id)) continue
      for (const suspect of this.all) if (index + i > suspect.index) meet(suspect, id)
    }
  }
}

/** The id at a place among ids of 16 bytes each. */
export const idAt = (ids: Buffer, place: number): string => ids.toString('latin1', place * ID, (place + 1) * ID)

/** As people write it. */
export function uuid(id: string): string {
  const hex = Buffer.from(id, 'latin1').toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
