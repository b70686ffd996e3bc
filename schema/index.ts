export * from './envelope.ts'
export * from './ids.ts'
export * from './money.ts'
export * from './personal/index.ts'
