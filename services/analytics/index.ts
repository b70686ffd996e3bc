export * from './coaching/index.ts'
