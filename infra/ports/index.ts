export * from './event-log.ts'
export * from './key-vault.ts'
export * from './telemetry.ts'
