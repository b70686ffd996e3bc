// Who asks: bearer tokens and the viewer that they stand for.
import { GraphQLError } from 'graphql'
import { jwtVerify, SignJWT } from 'jose'
import { LRUCache } from 'lru-cache'

export const roles = [
  'rep',
  'store-manager',
  'regional-manager',
  'headquarters',
  'finance',
  'analyst',
  'administrator',
  'service',
] as const
export type Role = (typeof roles)[number]

/** Whom a request runs as. */
export interface Viewer {
  readonly id: string
  readonly role: Role
}

export interface Identity {
  /**
   * The viewer of an `Authorization` header; undefined without one.
   * @throws GraphQLError `UNAUTHENTICATED` (HTTP 401) for a token that is not good
   */
  authenticate(authorization: string | undefined): Promise<Viewer | undefined>
}

const issuer = 'headwater'
const audience = 'headwater-api'

/** HTTP 401, with what would be right. */
export const unauthenticated = (message: string) =>
  new GraphQLError(message, {
    extensions: { code: 'UNAUTHENTICATED', http: { status: 401, headers: { 'www-authenticate': 'Bearer' } } },
  })

/** Tokens found good that are remembered until they expire: checking a signature takes longer than most of what is asked for. */
const REMEMBERED = 10_000

/** Tokens signed with a shared secret (HS256) of at least 32 bytes. */
export function sharedSecretIdentity(secret: string): Identity {
  const key = keyOf(secret)
  const viewers = new LRUCache<string, Viewer>({ max: REMEMBERED, ttlResolution: 0, perf: { now: () => Date.now() } })
  return {
    async authenticate(authorization) {
      if (authorization === undefined) return undefined
      const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
      if (token === undefined) throw unauthenticated('The Authorization header must read "Bearer <token>".')
      const known = viewers.get(token)
      if (known) return known
      const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], issuer, audience }).catch(() => {
        throw unauthenticated('The token is not valid, or has expired.')
      })
      const role = roles.find((known) => known === payload.role)
      if (payload.sub === undefined || role === undefined) {
        throw unauthenticated(`The token must name a person (sub) and one of the roles ${roles.join(', ')}.`)
      }
      const viewer = { id: payload.sub, role }
      viewers.set(token, viewer, { ttl: payload.exp === undefined ? 0 : Math.max(1, payload.exp * 1000 - Date.now()) })
      return viewer
    },
  }
}

/** A token for development, good for 30 days. @throws Error for a secret of less than 32 bytes */
export function issueDevelopmentToken(secret: string, viewer: Viewer): Promise<string> {
  return new SignJWT({ role: viewer.role })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(viewer.id)
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime('30d')
    .sign(keyOf(secret))
}

/** RFC 7518, 3.2: a key of HS256 is no shorter than its hash. */
function keyOf(secret: string): Uint8Array {
  const key = new TextEncoder().encode(secret)
  if (key.length < 32) throw new Error('the secret that signs tokens needs at least 32 bytes')
  return key
}
