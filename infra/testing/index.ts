export { copyDataFolder } from './data-folder.ts'
export { freshDatabase, type TestDatabase } from './fresh-database.ts'
export { type FreshLog, freshLog } from './fresh-log.ts'
