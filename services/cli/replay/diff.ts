// The difference of two replays on stdout: row by row, then how many; the exit code says whether there is any, as that of diff does.
import { once } from 'node:events'
import { toCsv } from '@headwater/audit'
import {
  type DiffOptions,
  diffReplays,
  NoSuchReplay,
  type RowDifference,
  type TableDifference,
} from '@headwater/projections'
import { type Session, withSession } from '../session.ts'
import { ExitCode, Failure } from '../terminal/failure.ts'
import { count, NONE } from '../terminal/format.ts'
import { interrupted } from '../terminal/interrupted.ts'
import { table } from '../terminal/table.ts'

export interface DiffCommand {
  readonly table?: readonly string[]
  readonly key?: readonly string[]
  readonly columns?: readonly string[]
  readonly format: string
  readonly limit: number
}

interface Format {
  row(difference: RowDifference): Promise<void> | void
  end(tables: readonly TableDifference[]): string
}

/** @throws Failure for wrong words; otherwise as `diffReplays` */
export async function diff(before: string, after: string, { format, limit, ...command }: DiffCommand): Promise<void> {
  const writer = formats[format]?.(limit)
  if (!writer) throw new Failure(`--format ${format}: write one of ${Object.keys(formats).join(', ')}`, ExitCode.usage)
  const signal = interrupted('nothing was changed')
  const options: DiffOptions = { ...command, tables: command.table, signal, onRow: writer.row }
  const compare = (session: Session) => diffReplays(session, before, after, options)
  const tables = await withSession(compare, { upToDate: false }).catch((error) => {
    // 1 says that they differ.
    throw error instanceof NoSuchReplay ? new Failure(error.message, ExitCode.usage) : error
  })
  await write(writer.end(tables))
  const differs = tables.some(({ added, removed, changed }) => added + removed + changed > 0)
  process.exitCode = differs ? ExitCode.refused : ExitCode.ok
}

async function write(text: string): Promise<void> {
  if (text && !process.stdout.write(text)) await once(process.stdout, 'drain')
}

const words = (values: RowDifference['key']) =>
  Object.entries(values).map(([name, value]) => `${name} ${value ?? NONE}`)

const formats: Record<string, (limit: number) => Format> = {
  /** For people: so many rows of each table, and the counts. */
  table(limit) {
    const shown = new Map<string, [string, string, string, string, string][]>()
    return {
      row({ table: of, kind, key, before, after }) {
        const rows = shown.get(of) ?? []
        shown.set(of, rows)
        if (rows.length >= limit) return
        const id = Object.values(key).join(' ')
        if (kind === 'changed')
          for (const [name, value] of Object.entries(before!))
            rows.push([kind, id, name, value ?? NONE, after![name] ?? NONE])
        else rows.push([kind, id, '', short(before && words(before)), short(after && words(after))])
      },
      end: (tables) =>
        [
          ...[...shown].map(([of, rows]) => `${of}\n${table(['', 'key', 'column', 'before', 'after'], rows)}\n`),
          table(
            ['table', 'rows before', 'rows after', 'added', 'removed', 'changed'],
            tables.map((one) => [
              one.table,
              ...[one.rowsBefore, one.rowsAfter, one.added, one.removed, one.changed].map(count),
            ]),
          ),
          '',
        ].join('\n'),
    }
  },
  /** One object a line; the last one holds the counts. */
  json: () => ({
    row: (difference) => write(`${JSON.stringify(difference)}\n`),
    end: (tables) => `${JSON.stringify({ tables })}\n`,
  }),
  /** One line for each value that differs; of rows added or removed, for each value. */
  csv() {
    let begun = false
    const line = (cells: readonly (string | null)[]) =>
      write(toCsv({ name: '', columns: cells.map((cell) => cell ?? ''), rows: [] }))
    const head = async () => {
      if (!begun) await line(['table', 'kind', 'key', 'column', 'before', 'after'])
      begun = true
    }
    return {
      async row({ table: of, kind, key, before, after }) {
        await head()
        const id = JSON.stringify(key)
        for (const name of Object.keys(before ?? after!))
          await line([of, kind, id, name, before?.[name] ?? null, after?.[name] ?? null])
      },
      end: () => '',
    }
  },
}

function short(words: readonly string[] | null): string {
  const text = words?.join(', ') ?? NONE
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`
}
