// `headwater sql`: DuckDB over the files of an export, shut off from everything else.
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type {
  DuckDBConnection,
  DuckDBExtractedStatements,
  DuckDBPreparedStatement,
  DuckDBValueConverter,
  Json,
} from '@duckdb/node-api'
import { toCsv } from '@headwater/audit'
import { literal, quoted } from '../export/columns.ts'
import { withDuck } from '../export/duck.ts'
import { type ExportedTable, type Manifest, readManifest } from '../export/folder.ts'
import { ExitCode, Failure } from '../terminal/failure.ts'
import { count, NONE } from '../terminal/format.ts'
import { table } from '../terminal/table.ts'

type Cell = Json | null

/** What one query gives: the names of its columns, and its rows in pages. */
export interface QueryAnswer {
  readonly names: readonly string[]
  readonly pages: AsyncIterable<readonly (readonly Cell[])[]>
}

export interface SqlCommand {
  readonly in: string
  readonly file?: string
  readonly format: string
}

/** Prints what queries give. @throws Failure as `ask`, or where there is no query */
export async function sql(query: string | undefined, { in: folder, file, format }: SqlCommand): Promise<void> {
  if ((query === undefined) === (file === undefined))
    throw new Failure('write a query, or name a --file', ExitCode.usage)
  const text = query ?? (await textOf(file!))
  let first = true
  await ask(folder, text, async (answer) => {
    if (!first && format === 'table') await write('\n')
    first = false
    await formats[format]!(answer)
  })
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause) => {
    throw new Failure(`${file} cannot be read`, ExitCode.refused, { cause })
  })
}

/**
 * Asks an export one query after the other.
 * @throws Failure where the folder is no export, or a query is no SELECT that DuckDB can answer
 */
export async function ask(
  folder: string,
  query: string,
  answered: (answer: QueryAnswer) => Promise<void>,
): Promise<void> {
  const dir = resolve(folder)
  const manifest = await readManifest(dir)
  if (!manifest.complete) process.stderr.write('headwater: this export is not complete yet\n')
  await withDuck(async (duck) => {
    for (const one of manifest.tables) await duck.run(viewOf(dir, manifest, one))
    await shutOff(duck, dir)
    const json = await readable()
    const statements = await duck.extractStatements(query).catch(refused)
    for (let i = 0; i < statements.count; i++) {
      const result = await (await onlySelect(statements, i)).stream().catch(refused)
      await answered({ names: result.columnNames(), pages: result.yieldConvertedRows(json) }).catch(refused)
    }
  })
}

/** From here on only this folder can be read, and nobody can change that. */
async function shutOff(duck: DuckDBConnection, dir: string): Promise<void> {
  await duck.run(`set allowed_directories = [${literal(`${dir}/`)}]`)
  await duck.run('set enable_external_access = false')
  await duck.run('set lock_configuration = true')
}

async function onlySelect(statements: DuckDBExtractedStatements, i: number): Promise<DuckDBPreparedStatement> {
  const { StatementType } = await import('@duckdb/node-api')
  const prepared = await statements.prepare(i).catch(refused)
  if (prepared.statementType === StatementType.SELECT) return prepared
  throw new Failure('only a SELECT can be asked: an export is not changed', ExitCode.usage)
}

/** As JSON has them: whole numbers as numbers where they are exact, instants in our own form, intervals as they are read. */
async function readable(): Promise<DuckDBValueConverter<Json>> {
  const { DuckDBIntervalValue, DuckDBTimestampTZValue, JsonDuckDBValueConverter } = await import('@duckdb/node-api')
  return (value, type, converter) => {
    if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
    if (value instanceof DuckDBTimestampTZValue) return new Date(Number(value.micros / 1000n)).toISOString()
    if (value instanceof DuckDBIntervalValue) return String(value)
    return JsonDuckDBValueConverter(value, type, converter)
  }
}

function refused(error: Error): never {
  if (error instanceof Failure) throw error
  const [line = ''] = error.message.split('\n')
  throw new Failure(line, ExitCode.refused, { cause: error })
}

function viewOf(dir: string, { request, files }: Manifest, { name, columns, monthly }: ExportedTable): string {
  const own = files.filter((file) => file.table === name).map(({ path }) => literal(`${dir}/${path}`))
  const list = columns.map((column) => `${quoted(column.name)}::${column.type} as ${quoted(column.name)}`)
  if (own.length === 0) {
    const none = [...columns, ...(monthly ? [{ name: 'month', type: 'VARCHAR' }] : [])]
    return `create view ${quoted(name)} as select ${none.map((column) => `null::${column.type} as ${quoted(column.name)}`).join(', ')} where false`
  }
  const hive = `hive_partitioning = ${monthly}${monthly ? `, hive_types = {'month': VARCHAR}` : ''}`
  const types = `columns = {${columns.map((column) => `${literal(column.name)}: ${literal(column.type)}`).join(', ')}}`
  const from = {
    parquet: `read_parquet([${own.join(', ')}], ${hive})`,
    csv: `read_csv([${own.join(', ')}], header = true, auto_detect = false, allow_quoted_nulls = false, ${types}, ${hive})`,
    jsonl: `read_json([${own.join(', ')}], format = 'newline_delimited', ${types}, ${hive})`,
  }[request.format]
  return `create view ${quoted(name)} as select ${[...list, ...(monthly ? ['month'] : [])].join(', ')} from ${from}`
}

async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

const plain = (cell: Cell) => (typeof cell === 'object' && cell !== null ? JSON.stringify(cell) : cell)

/** Rows of a table for people; the rest is counted. */
const shownRows = 1_000

const formats: Readonly<Record<string, (answer: QueryAnswer) => Promise<void>>> = {
  async table({ names, pages }) {
    const shown: (string | number)[][] = []
    let all = 0
    for await (const page of pages) {
      all += page.length
      for (const row of page.slice(0, shownRows - shown.length))
        shown.push(row.map((cell) => (typeof cell === 'number' ? cell : String(plain(cell) ?? NONE))))
    }
    await write(`${table(names, shown)}\n`)
    if (all > shown.length) await write(`… and ${count(all - shown.length)} more rows\n`)
  },
  async csv({ names, pages }) {
    await write(toCsv({ name: '', columns: names, rows: [] }))
    for await (const page of pages) {
      const lines = page.map((row) =>
        toCsv({ name: '', columns: row.map((cell) => String(plain(cell) ?? '')), rows: [] }),
      )
      await write(lines.join(''))
    }
  },
  /** One object a line. */
  async json({ names, pages }) {
    for await (const page of pages) {
      const lines = page.map((row) => JSON.stringify(Object.fromEntries(names.map((name, i) => [name, row[i]]))))
      await write(`${lines.join('\n')}\n`)
    }
  },
}
