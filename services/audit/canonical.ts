import canonicalize from 'canonicalize'

/** Not a value that JSON can say: undefined, NaN, half of a surrogate pair, a cycle ... */
export class NotCanonical extends Error {
  override readonly name = 'NotCanonical'
}

/**
 * The one text of a JSON value: keys sorted by UTF-16 code units, no white space, numbers as ECMAScript writes them (RFC 8785, JCS).
 * Equal values have equal texts, and so equal hashes.
 * @throws NotCanonical
 */
export function canonical(value: unknown): string {
  try {
    const text = canonicalize(value)
    if (text === undefined) throw new TypeError(`${typeof value} is no JSON`)
    return text
  } catch (cause) {
    throw new NotCanonical(`no canonical JSON: ${(cause as Error).message}`, { cause })
  }
}
