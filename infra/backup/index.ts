export { type BackupContents, BackupRefused } from './format.ts'
export { checkBackup } from './read.ts'
export { type RestoreOptions, restoreBackup } from './restore.ts'
export { type BackupOptions, writeBackup } from './write.ts'
