export * from './anomalies/index.ts'
export * from './coaching/case/index.ts'
export * from './coaching/policy/index.ts'
export * from './conformance/index.ts'
