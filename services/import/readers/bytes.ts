// Files as streams of bytes: plain or gzip, told apart by their first bytes and never by their name.
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { ImportError } from '../errors.ts'

export type Format = 'csv' | 'xlsx' | 'xes'

export interface SourceFile {
  readonly path: string
  readonly gzip: boolean
  /** What the first bytes look like; anything that is neither a ZIP nor XML is taken for CSV. */
  readonly format: Format
  /** The encoding that it is the mark of. */
  readonly byteOrderMark: string | undefined
  /** The encoding that the XML declaration names. */
  readonly declaredEncoding: string | undefined
  /** As stored. */
  readonly bytes: number
  readonly modifiedMs: number
}

/** OLE compound files. */
const oldOffice = Buffer.from([0xd0, 0xcf, 0x11, 0xe0])

export interface ReadOptions {
  /** Called with the bytes taken from the file since the last call, as stored. */
  readonly onBytes?: ((bytes: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** Looks at the beginning of a file. @throws ImportError `file-unreadable`, `file-empty`, `gzip-corrupt` */
export async function inspectFile(path: string): Promise<SourceFile> {
  const { size, mtimeMs, magic } = await firstBytes(path)
  if (size === 0) throw new ImportError('file-empty', 'the file is empty', { file: path })
  const gzip = magic.length >= 2 && magic[0] === 0x1f && magic[1] === 0x8b
  let head = Buffer.alloc(0)
  for await (const chunk of readBytes({ path, gzip })) {
    head = Buffer.concat([head, chunk])
    if (head.length >= 1024) break
  }
  if (head.length === 0) throw new ImportError('file-empty', 'there is nothing in the compressed file', { file: path })
  if (head.subarray(0, 4).equals(oldOffice))
    throw new ImportError(
      'format-mismatch',
      'this is an old Excel file (.xls), or one with a password',
      { file: path },
      'save it as .xlsx without a password',
    )
  return {
    path,
    gzip,
    format: formatOf(head),
    byteOrderMark: byteOrderMark(head),
    declaredEncoding: /^<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(head.toString('latin1'))?.[1],
    bytes: size,
    modifiedMs: mtimeMs,
  }
}

/** The bytes of a file, decompressed where it is gzip. Takes 64 KiB at a time, and only as fast as they are consumed. */
export async function* readBytes(
  { path, gzip }: Pick<SourceFile, 'path' | 'gzip'>,
  { onBytes, signal }: ReadOptions = {},
): AsyncGenerator<Buffer> {
  const stored = createReadStream(path, { highWaterMark: 65_536 })
  if (onBytes) stored.on('data', (chunk) => onBytes(chunk.length))
  // The callback is there to keep the stream's error from being thrown twice: the iteration below throws it.
  const source = gzip ? pipeline(stored, createGunzip({ chunkSize: 65_536 }), () => {}) : stored
  let offset = 0
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      signal?.throwIfAborted()
      yield chunk
      offset += chunk.length
    }
  } catch (error) {
    throw readable(error, path, offset)
  } finally {
    stored.destroy()
  }
}

async function firstBytes(path: string) {
  try {
    const { size, mtimeMs } = await stat(path)
    const file = await open(path)
    try {
      const magic = Buffer.alloc(Math.min(size, 2))
      await file.read(magic, 0, magic.length, 0)
      return { size, mtimeMs, magic }
    } finally {
      await file.close()
    }
  } catch (error) {
    throw readable(error, path, 0)
  }
}

function readable(error: unknown, file: string, byte: number): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'Z_BUF_ERROR')
    return new ImportError(
      'gzip-corrupt',
      'the gzip file ends too early: it was truncated',
      { file, byte },
      'copy or download it again',
    )
  if (code?.startsWith('Z_'))
    return new ImportError(
      'gzip-corrupt',
      `the gzip data is damaged: ${message}`,
      { file, byte },
      'copy or download it again',
    )
  if (code === 'ENOENT') return new ImportError('file-unreadable', 'there is no such file', { file })
  if (code === 'EISDIR') return new ImportError('file-unreadable', 'this is a folder', { file }, 'name the files in it')
  if (code && /^E[A-Z]+$/.test(code))
    return new ImportError('file-unreadable', `the file cannot be read: ${message}`, { file })
  return error
}

function formatOf(head: Buffer): Format {
  if (head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5)) return 'xlsx'
  const text = head
    .toString('latin1')
    .replace(/\0/g, '')
    .replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
    .trimStart()
  return /^<[?!A-Za-z]/.test(text) ? 'xes' : 'csv'
}

function byteOrderMark(head: Buffer): string | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 'utf-8' : undefined
}
