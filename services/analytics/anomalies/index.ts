export * from './conversion.ts'
export type { Estimate, Proportion } from './shrinkage.ts'
