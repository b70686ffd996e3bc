// The GraphQL API.
export type { ReadModels, Sources, StreamRevision } from './context.ts'
export { type Api, type ApiOptions, createApi } from './http/api.ts'
export type { Logger } from './http/faults.ts'
export { modelLag } from './http/health.ts'
export {
  type Identity,
  issueDevelopmentToken,
  type Role,
  roles,
  sharedSecretIdentity,
  type Viewer,
} from './http/identity.ts'
export { schema } from './schema.ts'
