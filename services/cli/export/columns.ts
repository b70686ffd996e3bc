// The columns of exported tables: their types in DuckDB, what they mean, and where they come from.
import { eventDefinitions, personalPaths } from '@headwater/schema'
import { z } from 'zod'

/** A column of an exported table. */
export interface ExportColumn {
  readonly name: string
  /** As DuckDB writes it. */
  readonly type: string
  readonly meaning: string
}

/** A column of an event's table, and the place of its value in a line. */
export interface EventColumn extends ExportColumn {
  /** SQL over the columns of `eventLine`. */
  readonly from: string
}

const metadata: readonly (readonly [name: string, type: string, meaning: string])[] = [
  ['position', 'VARCHAR', 'place in the log; compares as a text'],
  ['occurred_at', 'TIMESTAMPTZ', 'business time, UTC: when the fact was so'],
  ['recorded_at', 'TIMESTAMPTZ', 'recorded time, UTC: when the log learnt of it'],
  ['type', 'VARCHAR', 'type of the event'],
  ['stream', 'VARCHAR', 'whose story it belongs to: kind and id'],
  ['stream_id', 'VARCHAR', 'id of the lead, deal, contract … that it happened to'],
  ['revision', 'BIGINT', 'place in its stream, from 0'],
  ['event_id', 'VARCHAR', 'id of the event'],
  ['actor_id', 'VARCHAR', 'who did it'],
  ['actor_role', 'VARCHAR', 'in which role'],
  ['case_id', 'VARCHAR', 'the lead or customer whose story it is'],
  ['command_id', 'VARCHAR', 'the command that brought it about'],
  ['correlation_id', 'VARCHAR', 'the first message of the chain that led to it'],
  ['causation_id', 'VARCHAR', 'the message that directly led to it'],
]
const plain = metadata.map(([name, type, meaning]) => ({ name, type, meaning, from: name }))

/** All events in one table: what they carry as JSON. */
export const flatColumns: readonly EventColumn[] = [
  ...plain,
  { name: 'data', type: 'JSON', meaning: 'JSON: what the event says, in its shape of today', from: 'data' },
]

/** The columns of a line as it is read back; `data` is JSON in the flat table, a struct in that of a type. */
export function lineColumns(data: string | undefined): Readonly<Record<string, string>> {
  const columns = Object.fromEntries(metadata.map(([name, type]) => [name, type]))
  return data === undefined ? columns : { ...columns, data }
}

/** Of the table of one event type: what all events have, then each field of what it says. */
export function typedColumns(type: string, personal: boolean): { data: string | undefined; columns: EventColumn[] } {
  const { schemas, version } = eventDefinitions.get(type)!
  const schema = schemas[version]!
  const hidden = new Set(personal ? [] : personalPaths(schema))
  const fields = fieldsOf(z.toJSONSchema(schema, { unrepresentable: 'any' }) as JsonSchema, '', hidden)
  const taken = new Set(metadata.map(([name]) => name))
  const columns = fields.map(([field, duck, described]): EventColumn => {
    const snaked = snakeCase(field)
    const name = taken.has(snaked) ? `data_${snaked}` : snaked
    return { name, type: duck, meaning: described ?? meaningOf(name, duck), from: `data.${quoted(field)}` }
  })
  const common = plain.filter(({ name }) => name !== 'type' && name !== 'stream')
  return { data: fields.length > 0 ? struct(fields) : undefined, columns: [...common, ...columns] }
}

interface JsonSchema {
  readonly type?: string
  readonly format?: string
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly JsonSchema[]
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: JsonSchema | boolean
}

type Field = readonly [name: string, type: string, meaning: string | undefined]

function fieldsOf({ properties = {} }: JsonSchema, path: string, hidden: ReadonlySet<string>): Field[] {
  return Object.entries(properties).flatMap(([name, schema]): Field[] => {
    const at = path ? `${path}.${name}` : name
    if (hidden.has(at)) return []
    return [[name, duckType(schema, at, hidden), schema.description]]
  })
}

const isForgottenSchema = ({ properties }: JsonSchema) => properties?.forgotten?.const === true

/** DuckDB's type for a value of the schema; JSON where there is none. */
function duckType(schema: JsonSchema, path: string, hidden: ReadonlySet<string>): string {
  if (schema.anyOf) {
    const others = schema.anyOf.filter((one) => one.type !== 'null' && !isForgottenSchema(one))
    const types = new Set(others.map((one) => duckType(one, path, hidden)))
    return types.size === 1 ? [...types][0]! : 'JSON'
  }
  switch (schema.type) {
    case 'string':
      if (schema.format === 'date-time') return 'TIMESTAMPTZ'
      return schema.format === 'date' ? 'DATE' : 'VARCHAR'
    case 'integer':
      return 'BIGINT'
    case 'number':
      return 'DOUBLE'
    case 'boolean':
      return 'BOOLEAN'
    case 'array':
      return schema.items ? `${duckType(schema.items, `${path}[]`, hidden)}[]` : 'JSON'
    case 'object': {
      const { additionalProperties: other } = schema
      const fields = fieldsOf(schema, path, hidden)
      if (fields.length > 0) return struct(fields)
      return typeof other === 'object' ? `MAP(VARCHAR, ${duckType(other, `${path}[]`, hidden)})` : 'JSON'
    }
    default:
      return 'JSON'
  }
}

const struct = (fields: readonly Field[]) =>
  `STRUCT(${fields.map(([name, type]) => `${quoted(name)} ${type}`).join(', ')})`

/** An identifier in SQL. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A text in SQL. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Postgres's type of a read model's column → DuckDB's. */
export const ofPostgres: Readonly<Record<string, string>> = {
  text: 'VARCHAR',
  integer: 'INTEGER',
  bigint: 'BIGINT',
  'double precision': 'DOUBLE',
  boolean: 'BOOLEAN',
  timestamptz: 'TIMESTAMPTZ',
  json: 'JSON',
}

/** Of a column without a description of its own: what its name and type say by the conventions of the schema. */
export function meaningOf(name: string, type: string): string {
  if (type.startsWith('STRUCT') && /"amount" BIGINT/.test(type))
    return 'money: amount in minor units (fen, cents), currency by ISO 4217'
  if (/(amount|cost)$/.test(name)) return 'in minor units (fen, cents) of the currency beside it'
  if (/currency$/.test(name)) return 'ISO 4217'
  if (/_recorded_at$/.test(name)) return 'recorded time, UTC: when the log learnt of it'
  if (type === 'TIMESTAMPTZ') return 'business time, UTC'
  if (type === 'DATE') return 'a day of the calendar'
  if (/_clock$/.test(name)) return "reading of the playbook's business clock, milliseconds"
  if (/_(bp|basis_points)$/.test(name)) return 'in basis points: 100 are 1 %'
  if (/_id$/.test(name)) return `id of the ${name.slice(0, -3).replaceAll('_', ' ')}`
  if (/_no$/.test(name)) return 'counts from 0 within its document'
  if (name === 'revision') return 'of the stream that it was last changed by'
  if (type === 'JSON') return 'JSON'
  return name.replaceAll('_', ' ')
}
