// What a closed month's seal covers of a statement.
import type { Statement, StatementLine } from './line.ts'

/** A statement but for its lines, which are sealed right after it. Plain JSON, amounts in minor units of `currency`. */
export interface StatementLeaf
  extends Pick<Statement, 'repId' | 'period' | 'opening' | 'earned' | 'adjusted' | 'advance' | 'payable' | 'closing'> {
  readonly kind: 'statement'
  readonly currency: string
  /** How many lines follow it, and after them how many adjustments. */
  readonly lines: number
  readonly adjustments: number
}

export type SealedLeaf = StatementLeaf | StatementLine

/** The statement, its lines, its adjustments: in the order in which they are sealed. */
export const sealedLeaves = (statement: Statement, currency: string): readonly SealedLeaf[] => {
  const { repId, period, opening, lines, adjustments, earned, adjusted, advance, payable, closing } = statement
  const amounts = { opening, earned, adjusted, advance, payable, closing }
  return [
    {
      ...{ kind: 'statement', repId, period, currency, ...amounts },
      ...{ lines: lines.length, adjustments: adjustments.length },
    },
    ...lines,
    ...adjustments,
  ]
}
