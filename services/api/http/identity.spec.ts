import { SignJWT } from 'jose'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { issueDevelopmentToken, sharedSecretIdentity } from './identity.ts'

const secret = 'a secret of more than thirty-two bytes'
const identity = sharedSecretIdentity(secret)
const sign = (claims: Record<string, string>, key = secret) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('headwater')
    .setAudience(claims.aud ?? 'headwater-api')
    .setSubject('R1')
    .setExpirationTime(claims.exp ?? '1h')
    .sign(new TextEncoder().encode(key))

test('a token says who it is', async () => {
  const token = await issueDevelopmentToken(secret, { id: 'R1', role: 'rep' })
  expect(await identity.authenticate(`Bearer ${token}`)).toEqual({ id: 'R1', role: 'rep' })
})

describe('a token that was good', () => {
  afterEach(() => void vi.useRealTimers())

  test('is good until it expires', async () => {
    const authorization = `Bearer ${await sign({ role: 'rep', exp: '1h' })}`
    const now = Date.now()
    vi.useFakeTimers({ toFake: ['Date'], now })
    const viewer = await identity.authenticate(authorization)
    vi.setSystemTime(now + 59 * 60_000)
    expect(await identity.authenticate(authorization)).toEqual(viewer)
    vi.setSystemTime(now + 61 * 60_000)
    await expect(identity.authenticate(authorization)).rejects.toMatchObject({
      extensions: { code: 'UNAUTHENTICATED' },
    })
  })
})

test('without a token there is nobody', async () => {
  expect(await identity.authenticate(undefined)).toBeUndefined()
})

describe('refused is', () => {
  const unsigned = `${btoa('{"alg":"none"}')}.${btoa('{"sub":"R1","role":"administrator","iss":"headwater","aud":"headwater-api"}')}.`
  test.each<[string, () => string | Promise<string>]>([
    ['what is no bearer token', () => 'Basic abc'],
    ['garbage', () => 'Bearer abc'],
    ['a token without signature', () => `Bearer ${unsigned}`],
    ['another secret', async () => `Bearer ${await sign({ role: 'rep' }, `${secret}!`)}`],
    ['another audience', async () => `Bearer ${await sign({ role: 'rep', aud: 'elsewhere' })}`],
    ['an expired token', async () => `Bearer ${await sign({ role: 'rep', exp: '-1m' })}`],
    ['an unknown role', async () => `Bearer ${await sign({ role: 'king' })}`],
  ])('%s', async (_, authorization) => {
    await expect(identity.authenticate(await authorization())).rejects.toMatchObject({
      extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
    })
  })

  test('a secret that is too short to sign with', () => {
    expect(() => sharedSecretIdentity('short')).toThrow('32 bytes')
  })
})
