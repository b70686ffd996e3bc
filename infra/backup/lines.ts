import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'

const LINE_FEED = 10

/** Chunks of whole lines, as large as they come; what follows the last line feed comes last. */
export async function* wholeLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = []
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(LINE_FEED) + 1
    if (end === 0) {
      rest.push(chunk)
      continue
    }
    yield Buffer.concat([...rest, chunk.subarray(0, end)])
    rest = end < chunk.length ? [chunk.subarray(end)] : []
  }
  if (rest.length > 0) yield Buffer.concat(rest)
}

export function countLines(chunk: Buffer): number {
  let count = 0
  for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) count++
  return count
}

/** Where the `n`-th line of the chunk ends; the chunk has that many. */
export function endOfLine(chunk: Buffer, n: number): number {
  let end = 0
  for (let i = 0; i < n; i++) end = chunk.indexOf(LINE_FEED, end) + 1
  return end
}

/** The whole lines of a gzip file. @throws what zlib throws for a damaged one */
export async function* linesOfFile(file: string): AsyncGenerator<Buffer> {
  const gunzip = createGunzip()
  const read = pipeline(createReadStream(file), gunzip)
  read.catch(() => {}) // met below, as the error of `gunzip`
  yield* wholeLines(gunzip)
  await read
}
