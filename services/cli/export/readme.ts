// What lies beside the data: what the tables and columns mean, and questions to begin with.
import { eventCategories } from '@headwater/schema'
import { count } from '../terminal/format.ts'
import type { ExportedTable, Manifest } from './folder.ts'

const reading: Readonly<Record<Manifest['request']['format'], string>> = {
  parquet:
    "pandas.read_parquet('deals')    # any table by its folder; duckdb, polars, arrow and R read it the same way",
  csv: 'duckdb.sql("select * from read_csv(\'deals/**/*.csv\')")    # texts are quoted, a null is nothing between commas',
  jsonl: "pandas.read_json('deals/part-000001.jsonl', lines=True)",
}

/** Markdown, from the manifest alone. */
export function readmeOf({ request, sources, tables, begunAt, by }: Manifest): string {
  const shown = tables.filter(({ rows }) => rows > 0)
  const empty = tables.filter(({ rows }) => rows === 0).map(({ name }) => `\`${name}\``)
  return `# Export of ${begunAt.slice(0, 10)}

${sources.map(({ name, position }) => `- \`${name}\`: ${position === null ? 'nothing was recorded by then' : `everything recorded up to position ${position}`}`).join('\n')}

${request.personal ? `**Personal data is in here**, taken along by ${by}. Persons who were forgotten are null.` : 'Personal data was left out; `subject` and other ids are pseudonyms.'}
Ask it with \`headwater sql "select …" --in .\`, begin with \`headwater sql --file questions.sql --in .\`, or read the files:

\`\`\`python
${reading[request.format]}
\`\`\`

Instants are in UTC. \`occurred_at\` and other plain times are business time (when it was so), \`recorded_at\` and \`…_recorded_at\` are when
the log learnt of it. Money is in minor units (fen, cents) as whole numbers, with its currency beside it. Tables in folders by month carry the
month (UTC) as the column \`month\`. \`manifest.json\` lists each file with its rows and SHA-256.

${shown.map(tableText).join('\n\n')}
${empty.length > 0 ? `\n## Without rows\n\n${empty.join(', ')}\n` : ''}`
}

function tableText({ name, source, rows, monthly, columns, folder }: ExportedTable): string {
  const category = eventCategories.get(name)
  const what = category
    ? `Events of this type, of streams \`${category}-…\`.`
    : source === 'log'
      ? 'All events in one table.'
      : `Of the read model \`${source}\`.`
  return `## ${name}

${what} ${count(rows)} rows in \`${folder}/\`${monthly ? ', by month' : ''}.

| column | type | meaning |
| --- | --- | --- |
${columns.map((column) => `| \`${column.name}\` | ${column.type.replaceAll('|', '\\|')} | ${column.meaning} |`).join('\n')}`
}

interface Question {
  readonly asks: string
  /** Of these tables. */
  readonly of: readonly string[]
  readonly sql: string
}

const questions: readonly Question[] = [
  {
    asks: 'What happens how often, month by month?',
    of: ['events'],
    sql: "select strftime(occurred_at, '%Y-%m') as month, type, count(*) as events from events group by all order by all",
  },
  {
    asks: 'How late does the log learn of what has happened?',
    of: ['events'],
    sql: `select type, count(*) as events, median(date_diff('minute', occurred_at, recorded_at)) / 60 as median_hours,
  max(date_diff('minute', occurred_at, recorded_at)) / 60 as most_hours
from events group by type order by most_hours desc`,
  },
  {
    asks: 'How many deals are won by channel, and what are they worth?',
    of: ['deals'],
    sql: `select channel, count(*) as deals, count(*) filter (status = 'won') as won, round(count(*) filter (status = 'won') / count(*), 3) as rate,
  sum(value_amount) filter (status = 'won') / 100 as won_value from deals group by channel order by won_value desc nulls last`,
  },
  {
    asks: 'How long do deals stay in a stage?',
    of: ['stage_visits'],
    sql: `select playbook_id, stage, count(*) as visits, median(date_diff('minute', since, exited_at)) / 60 as median_hours,
  quantile_cont(date_diff('minute', since, exited_at), 0.9) / 60 as p90_hours
from stage_visits where exited_at is not null and not entry_flagged and not exit_flagged group by playbook_id, stage, stage_index order by playbook_id, stage_index`,
  },
  {
    asks: 'Why are deals lost?',
    of: ['DealLost'],
    sql: 'select stage, reason, count(*) as deals from "DealLost" group by all order by deals desc',
  },
  {
    asks: 'How soon is a lead answered?',
    of: ['leads'],
    sql: `select channel, count(*) as leads, count(first_outbound_at) as answered,
  median(date_diff('minute', captured_at, first_outbound_at)) as median_minutes
from leads group by channel order by leads desc`,
  },
]

/** Those that the export has the tables for. */
export function questionsOf({ tables }: Manifest): string {
  const there = new Set(tables.filter(({ rows }) => rows > 0).map(({ name }) => name))
  return questions
    .filter(({ of }) => of.every((name) => there.has(name)))
    .map(({ asks, sql }) => `-- ${asks}\n${sql};\n`)
    .join('\n')
}
