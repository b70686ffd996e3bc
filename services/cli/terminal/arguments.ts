// How the texts of options become values.
import { InvalidArgumentError } from 'commander'

/** An option that may be repeated. */
export const collect = (value: string, before: string[] = []) => [...before, value]

/** A whole number from 1. @throws InvalidArgumentError */
export function number(text: string): number {
  const n = Number(text)
  if (!Number.isInteger(n) || n < 1) throw new InvalidArgumentError('write a whole number from 1')
  return n
}

/** `a,b` → both. */
export const names = (value: string) => value.split(',').map((name) => name.trim())
