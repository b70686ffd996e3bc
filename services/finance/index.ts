export * from './contract/index.ts'
export * from './ledger/index.ts'
export * from './plan/index.ts'
