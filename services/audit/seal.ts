import { hash } from 'node:crypto'
import type { LedgerEvent } from '@headwater/schema'
import { canonical } from './canonical.ts'

/** A closed period with its seal, as the ledger's `PeriodClosed` has it. */
export type ClosedPeriod = Extract<LedgerEvent, { type: 'PeriodClosed' }>['data']

/** What is sealed of a period, but for the seal before. */
export type SealContent = Omit<ClosedPeriod, 'previousSeal' | 'seal'>

/** Closes a period: SHA-256 over the canonical content and the seal before (null for the first), in hexadecimal. */
export function sealPeriod(content: SealContent, previousSeal: string | null): ClosedPeriod {
  const { period, statements, lines, total, linesRoot, log } = content
  const sealed = { period, statements, lines, total, linesRoot, log: { size: log.size, root: log.root }, previousSeal }
  // A canonical object begins with `{`, so it is neither a leaf nor a node of any tree.
  return { ...sealed, seal: hash('sha256', canonical(sealed), 'hex') }
}

/** In what a period made again from the log differs from the one that was sealed; nothing where it is reproduced. */
export function differences(sealed: SealContent, again: SealContent): readonly (keyof SealContent)[] {
  const fields = ['period', 'statements', 'lines', 'total', 'linesRoot', 'log'] as const
  return fields.filter((field) => canonical(sealed[field]) !== canonical(again[field]))
}

/** What is wrong with the seals themselves. `altered`: not the hash of its content. `unlinked`: not over the seal before. `missing`: published, and not in the ledger. */
export type SealFinding =
  | { readonly kind: 'seal-altered' | 'seal-unlinked'; readonly period: string; readonly seal: string }
  | { readonly kind: 'seal-missing'; readonly seal: string }

/**
 * Looks through the chain of seals, oldest first. A chain can be made anew from its first altered link on by who can write the ledger, so
 * seals that were `published` (on statements, in exports) are looked for in it.
 */
export function checkSeals(closed: readonly ClosedPeriod[], published: readonly string[] = []): readonly SealFinding[] {
  const findings: SealFinding[] = []
  let previous: string | null = null
  for (const one of closed) {
    const { period, seal } = one
    if (sealPeriod(one, one.previousSeal).seal !== seal) findings.push({ kind: 'seal-altered', period, seal })
    if (one.previousSeal !== previous) findings.push({ kind: 'seal-unlinked', period, seal })
    previous = seal
  }
  const known = new Set(closed.map(({ seal }) => seal))
  return [
    ...findings,
    ...published.filter((seal) => !known.has(seal)).map((seal) => ({ kind: 'seal-missing' as const, seal })),
  ]
}
