import { SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
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
