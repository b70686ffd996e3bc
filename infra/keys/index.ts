export { loadMasterKey, MasterKeyInvalid, placeMasterKey } from './master-key.ts'
export { steps as keyTables } from './statements.ts'
export { type KeyVaultOptions, MasterKeyMismatch, openKeyVault } from './vault.ts'
