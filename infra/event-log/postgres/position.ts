import type { Position } from '@headwater/schema'
import { ForeignPosition } from '../../ports/event-log.ts'

const DIGITS = 16 // all integers that a JavaScript number holds exactly

/** Decimal with leading zeros, so that positions compare as strings the way their numbers do. */
export function toPosition(number: number): Position {
  return String(number).padStart(DIGITS, '0') as Position
}

/** 0 for the beginning of the log. @throws ForeignPosition for a token of another log. */
export function fromPosition(position: Position | undefined): number {
  if (position === undefined) return 0
  if (!/^\d{16}$/.test(position)) throw new ForeignPosition(position)
  return Number(position)
}
