export { openPostgresLeafStore, steps as leafTables } from './leaves.ts'
