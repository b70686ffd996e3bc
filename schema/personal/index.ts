export * from './cipher.ts'
export * from './mark.ts'
export * from './seal.ts'
