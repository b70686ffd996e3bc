// A backup is looked through from end to end before anything of it is used.
import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { BackupRefused, Head, Tail, tables } from './format.ts'
import { countLines, endOfLine, linesOfFile } from './lines.ts'

/** @throws BackupRefused unless the file is a whole and undamaged backup */
export async function checkBackup(file: string): Promise<{ readonly head: Head; readonly tail: Tail }> {
  const hash = createHash('sha256')
  let first: Buffer | undefined
  let held: Buffer | undefined
  let lines = 0
  try {
    for await (const chunk of linesOfFile(file)) {
      first ??= chunk.subarray(0, endOfLine(chunk, 1))
      lines += countLines(chunk)
      if (held) hash.update(held)
      held = chunk
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new BackupRefused(`there is no file ${file}`)
    throw refused(file, (error as Error).message)
  }
  if (!first || !held) throw refused(file, 'it is empty')
  const head = parse(Head, first)
  if (!head) throw refused(file, 'it is no backup of a kind that this version knows')
  const start = endOfLine(held, countLines(held) - 1)
  hash.update(held.subarray(0, start))
  const tail = parse(Tail, held.subarray(start))
  if (!tail) throw refused(file, 'its end is missing')
  if (tail.sha256 !== hash.digest('hex')) throw refused(file, 'its checksum is not that of its contents')
  if (lines !== tail.rows.reduce((sum, n) => sum + n) + 2) throw refused(file, 'rows are missing')
  return { head, tail }
}

const refused = (file: string, why: string) => new BackupRefused(`${file} cannot be used: ${why}; nothing was written`)

function parse<T>(schema: z.ZodType<T>, line: Buffer): T | undefined {
  try {
    return schema.safeParse(JSON.parse(line.toString())).data
  } catch {
    return undefined
  }
}

/** The rows of each table in turn, in COPY's text. The iterables are to be read one after the other, each to its end. */
export async function* rowsOfTables(file: string, { rows }: Tail): AsyncGenerator<AsyncIterable<Buffer>> {
  const chunks = linesOfFile(file)
  let rest: Buffer = (await chunks.next()).value ?? Buffer.alloc(0)
  rest = rest.subarray(endOfLine(rest, 1))
  async function* take(count: number): AsyncGenerator<Buffer> {
    for (let left = count; left > 0; ) {
      if (rest.length === 0) rest = (await chunks.next()).value ?? Buffer.alloc(0)
      const here = countLines(rest)
      const end = here <= left ? rest.length : endOfLine(rest, left)
      left -= Math.min(here, left)
      const part = rest.subarray(0, end)
      rest = rest.subarray(end)
      yield part
    }
  }
  try {
    for (const i of tables.keys()) yield take(rows[i] ?? 0)
  } finally {
    await chunks.return(undefined)
  }
}
