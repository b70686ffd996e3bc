// The commission book: pure functions from facts to lines, statements and their explanation.
export * from './book.ts'
export * from './facts.ts'
export { creditOf, statementsOf } from './ledger.ts'
export type * from './line.ts'
export { openPools, type PoolBook } from './pools.ts'
export { target, type WorkedLine } from './target.ts'
export { type Timeline, timelineOf } from './timeline.ts'
