export * from './cipher.ts'
export { FORGOTTEN, Forgotten, isForgotten, PersonalSchemaError, personal, personalPaths } from './mark.ts'
export * from './seal.ts'
