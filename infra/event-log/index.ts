export { openPostgresEventLog, type PostgresEventLogOptions } from './postgres/open.ts'
export { migrateLog } from './postgres/schema.ts'
export { openPostgresStoredEvents } from './postgres/stored.ts'
