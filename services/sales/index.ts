export * from './deal/index.ts'
export * from './playbook/index.ts'
export type { Placement } from './refusal.ts'
