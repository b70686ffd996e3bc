// Bytes to text, strictly: nothing is replaced by a question mark.
import { ImportError } from '../errors.ts'

/** A name that the platform's TextDecoder knows, in its canonical form; undefined for any other. */
export function canonicalEncoding(name: string): string | undefined {
  try {
    const { encoding } = new TextDecoder(name)
    // Its bytes mean something else after an escape sequence, so a chunk cannot be read by itself.
    return encoding === 'iso-2022-jp' ? undefined : encoding
  } catch {
    return undefined
  }
}

// A line of a multi-byte encoding of old is decoded as a whole; longer than this it is no text for people.
const longestLine = 16 * 2 ** 20

/**
 * Decodes a stream, without its byte order mark.
 * @param encoding canonical
 * @throws ImportError `encoding-invalid` with the line and byte where the first wrong sequence is
 */
export async function* decodeText(
  bytes: AsyncIterable<Buffer>,
  encoding: string,
  file: string,
): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0)
  let [offset, line] = [0, 1]
  const decode = (part: Buffer): string => {
    let text: string
    try {
      text = new TextDecoder(encoding, { fatal: true, ignoreBOM: offset > 0 }).decode(part)
    } catch {
      throw invalid(part, encoding, { file, line, byte: offset })
    }
    const nul = text.indexOf('\0')
    if (nul >= 0) {
      const place = { file, line: line + newlines(text.slice(0, nul)) }
      throw new ImportError(
        'encoding-invalid',
        'there is a NUL character: this is not text',
        place,
        hint(part, encoding),
      )
    }
    line += newlines(text)
    offset += part.length
    return text
  }
  for await (const chunk of bytes) {
    const all: Buffer = rest.length ? Buffer.concat([rest, chunk]) : chunk
    const whole = wholeCharacters(all, encoding)
    if (whole === 0 && all.length > longestLine)
      throw new ImportError('record-too-large', `a line is longer than ${longestLine} bytes`, {
        file,
        line,
        byte: offset,
      })
    rest = all.subarray(whole)
    if (whole > 0) yield decode(all.subarray(0, whole))
  }
  if (rest.length) yield decode(rest)
}

/** How many bytes from the start can be decoded without knowing what follows. */
function wholeCharacters(bytes: Buffer, encoding: string): number {
  const n = bytes.length
  if (encoding === 'utf-8') {
    for (let back = 1; back <= Math.min(3, n); back++) {
      const byte = bytes[n - back]!
      if ((byte & 0xc0) === 0x80) continue
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
      return length > back ? n - back : n
    }
    return n
  }
  if (encoding === 'utf-16le' || encoding === 'utf-16be') {
    const even = n - (n % 2)
    const high = bytes[encoding === 'utf-16le' ? even - 1 : even - 2]
    return high !== undefined && (high & 0xfc) === 0xd8 ? even - 2 : even
  }
  if (/^(?:windows-|iso-8859-|koi8-|ibm866|macintosh|x-mac-)/.test(encoding)) return n
  // In the other encodings a line feed is never part of a longer character.
  return bytes.lastIndexOf(0x0a) + 1
}

function invalid(part: Buffer, encoding: string, start: { file: string; line: number; byte: number }): ImportError {
  const decoder = new TextDecoder(encoding, { fatal: true })
  let [line, at] = [start.line, part.length]
  for (let i = 0; i < part.length; i++) {
    try {
      line += newlines(decoder.decode(part.subarray(i, i + 1), { stream: true }))
    } catch {
      at = i
      break
    }
  }
  const place = { file: start.file, line, byte: start.byte + at }
  return new ImportError('encoding-invalid', `this is not ${encoding} text`, place, hint(part, encoding))
}

function hint(part: Buffer, encoding: string): string {
  const nuls = part.subarray(0, 512).filter((byte) => byte === 0).length
  if (nuls > Math.min(part.length, 512) / 8)
    return 'it looks like UTF-16: name it in the mapping, e.g. encoding: utf-16le'
  return encoding === 'utf-8'
    ? "save it as UTF-8, or name its encoding in the mapping's file entry, e.g. encoding: gb18030"
    : 'name the encoding that it has in the mapping'
}

function newlines(text: string): number {
  let count = 0
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) count++
  return count
}
