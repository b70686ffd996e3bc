// The parts of a ZIP archive, found by its directory and checked against it.
import { crc32 } from 'node:zlib'
import { type Entry, open, type ZipFile } from 'yauzl'
import { ImportError } from '../errors.ts'
import { decodeText } from './text.ts'

export class Zip {
  private readonly zip: ZipFile
  private readonly entries: ReadonlyMap<string, Entry>
  private readonly file: string

  private constructor(zip: ZipFile, entries: ReadonlyMap<string, Entry>, file: string) {
    this.zip = zip
    this.entries = entries
    this.file = file
  }

  /** @param file how it is called in errors @throws ImportError `xlsx-malformed` */
  static async open(path: string, file: string): Promise<Zip> {
    try {
      const zip = await new Promise<ZipFile>((resolve, reject) => {
        open(path, { lazyEntries: true, autoClose: false }, (error, opened) =>
          error ? reject(error) : resolve(opened),
        )
      })
      const entries = new Map<string, Entry>()
      await new Promise<void>((resolve, reject) => {
        zip.on('error', reject)
        zip.on('end', resolve)
        zip.on('entry', (entry: Entry) => {
          entries.set(entry.fileName, entry)
          zip.readEntry()
        })
        zip.readEntry()
      })
      return new Zip(zip, entries, file)
    } catch (error) {
      throw damaged(file, error)
    }
  }

  has(name: string): boolean {
    return this.entries.has(name)
  }

  /**
   * The text (UTF-8) of a part; empty where there is no such part.
   * @param onShare called with the share of the part that was read since the last call, 0 to 1
   * @throws ImportError `xlsx-malformed`, also at the end, when the checksum is not right
   */
  text(name: string, onShare?: (share: number) => void): AsyncGenerator<string> {
    return decodeText(this.bytes(name, onShare), 'utf-8', `${this.file}/${name}`)
  }

  close(): void {
    this.zip.close()
  }

  private async *bytes(name: string, onShare?: (share: number) => void): AsyncGenerator<Buffer> {
    const entry = this.entries.get(name)
    if (!entry) return
    let sum = 0
    try {
      const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
        this.zip.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened)))
      })
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        sum = crc32(chunk, sum)
        onShare?.(chunk.length / entry.uncompressedSize)
        yield chunk
      }
    } catch (error) {
      throw damaged(this.file, error)
    }
    if (sum !== entry.crc32) throw damaged(this.file, new Error(`the checksum of ${name} is not right`))
  }
}

function damaged(file: string, error: unknown): unknown {
  if (error instanceof ImportError) return error
  const { message } = error as Error
  const truncated = /end of central directory/i.test(message)
  const reason = truncated ? 'the workbook ends too early: it was truncated' : `the workbook is damaged: ${message}`
  return new ImportError('xlsx-malformed', reason, { file }, 'copy it again, or open it and save it again')
}
