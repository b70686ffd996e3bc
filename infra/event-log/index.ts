export { openPostgresEventLog, type PostgresEventLogOptions } from './postgres/open.ts'
