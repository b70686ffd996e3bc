export { loadMasterKey, MasterKeyInvalid } from './master-key.ts'
export { type KeyVaultOptions, MasterKeyMismatch, openKeyVault } from './vault.ts'
