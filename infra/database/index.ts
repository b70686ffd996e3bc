export { type Database, type DatabaseOptions, openDatabase } from './database.ts'
export { AlreadyServing, isConnectionLoss, PostgresUnavailable } from './errors.ts'
export { type MigrationStep, migrate } from './migrate.ts'
export { claimServerRole, type ServerRole } from './server-role.ts'
