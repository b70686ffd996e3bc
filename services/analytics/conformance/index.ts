export {
  type Conformance,
  checkDeal,
  type Deviation,
  type DeviationKind,
  type Trace,
  type TracedVisit,
} from './check.ts'
export { type ConformanceFigures, ConformanceTally, type DeviationCount } from './tally.ts'
