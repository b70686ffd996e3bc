import { createCipheriv, createDecipheriv } from 'node:crypto'
import { randomPart } from '../random.ts'

// Stored form: 1 byte format version | 12 bytes iv | ciphertext | 16 bytes tag. Data at rest depends on it.
const format = 1
const ivAt = 1
const bodyAt = ivAt + 12
const tagBytes = 16

/** What was encrypted does not open: damaged, moved to another place, or made with another key. */
export class CipherBroken extends Error {
  override readonly name = 'CipherBroken'
}

/**
 * Encrypts with AES-256-GCM (NIST SP 800-38D) under a 32-byte key and a fresh random 96-bit iv. It opens only with the
 * same `context` (bound as associated data), so a ciphertext cannot be moved elsewhere.
 */
export function encrypt(key: Buffer, plaintext: Buffer, context: readonly string[]): Buffer {
  const iv = randomPart(12)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  cipher.setAAD(associatedData(context))
  return Buffer.concat([Buffer.of(format), iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

/** @throws CipherBroken */
export function decrypt(key: Buffer, sealed: Buffer, context: readonly string[]): Buffer {
  if (sealed.length < bodyAt + tagBytes) throw new CipherBroken('too short to be a ciphertext')
  if (sealed[0] !== format) throw new CipherBroken(`unknown ciphertext format ${sealed[0]}`)
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(ivAt, bodyAt), { authTagLength: tagBytes })
  decipher.setAAD(associatedData(context))
  decipher.setAuthTag(sealed.subarray(-tagBytes))
  const plaintext = decipher.update(sealed.subarray(bodyAt, -tagBytes))
  try {
    return Buffer.concat([plaintext, decipher.final()])
  } catch (cause) {
    throw new CipherBroken('authentication failed: damaged, moved, or another key', { cause })
  }
}

function associatedData(context: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify(context))
}
