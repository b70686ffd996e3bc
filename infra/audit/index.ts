export { openPostgresLeafStore } from './leaves.ts'
