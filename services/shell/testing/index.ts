export { dyingAt } from './dying-log.ts'
export { MemoryLog } from './memory-log.ts'
export { MemoryVault } from './memory-vault.ts'
