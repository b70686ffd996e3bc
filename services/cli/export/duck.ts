// DuckDB in this process: loaded when it is needed, with little memory, and with nothing from the network.
import { mkdir } from 'node:fs/promises'
import type { DuckDBConnection } from '@duckdb/node-api'
import { literal } from './columns.ts'

/** Beyond it DuckDB works on disk. */
const memory = '512MB'

/** `scratch` is where it puts what does not fit into memory; without it that is an error. */
export async function withDuck<T>(use: (duck: DuckDBConnection) => Promise<T>, scratch?: string): Promise<T> {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    memory_limit: memory,
    ...(scratch === undefined ? {} : { temp_directory: scratch }),
  })
  if (scratch !== undefined) await mkdir(scratch, { recursive: true })
  const duck = await instance.connect()
  try {
    // The machine's own must not show in what is written.
    await duck.run(`set TimeZone = 'UTC'`)
    return await use(duck)
  } finally {
    duck.closeSync()
    instance.closeSync()
  }
}

export type Format = 'parquet' | 'csv' | 'jsonl'

const instants = `timestampformat '%Y-%m-%dT%H:%M:%S.%gZ'`
const formats: Readonly<Record<Format, string>> = {
  parquet: 'format parquet, compression zstd',
  csv: `format csv, header, ${instants}`,
  jsonl: `format json, ${instants}`,
}

/** Writes what a query gives into a file. @returns how many rows */
export async function copyTo(duck: DuckDBConnection, query: string, file: string, format: Format): Promise<number> {
  const result = await duck.runAndReadAll(`copy (${query}) to ${literal(file)} (${formats[format]})`)
  return Number(result.getRows()[0]![0])
}

/** Whether values of the type have parts of their own. */
const isNested = (type: string) => /\(|\[\]$/.test(type)

/** The type that a column has in files of the format: CSV knows no nested values, which are JSON there, as they are in JSON lines. */
export function typeIn(format: Format, type: string): string {
  if (format === 'csv' && isNested(type)) return 'JSON'
  return format === 'parquet' && type === 'JSON' ? 'VARCHAR' : type
}

/** The expression of a column, as files of the format can hold it. */
export function inFormat(format: Format, type: string, expression: string): string {
  if (format === 'csv' && isNested(type)) return `to_json(${expression})`
  return type === 'JSON' ? `${expression}::${typeIn(format, 'JSON')}` : expression
}
