// Event logs of other systems: one made up in the likeness of the public BPI Challenge 2012, and that one where it is at hand.
import { createWriteStream, existsSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { root } from '../root.ts'

const STEPS = ['A_SUBMITTED', 'A_PARTLYSUBMITTED', 'A_PREACCEPTED', 'A_ACCEPTED', 'A_FINALIZED', 'A_APPROVED']
const MINUTE = 60_000

/** Writes `cases` traces of 20 events each, for the mapping `bpi2012`, and returns how many events that are. */
export async function writeXes(file: string, cases: number): Promise<number> {
  await pipeline(Readable.from(traces(cases)), createGzip({ level: 1 }), createWriteStream(file))
  return cases * EVENTS_PER_CASE
}

const EVENTS_PER_CASE = 20

function* traces(cases: number): Iterable<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0">\n'
  for (let no = 0; no < cases; no++) yield trace(no)
  yield '</log>\n'
}

/** One case in six is approved, most others are declined on the way; between the steps people work on it. */
function trace(no: number): string {
  const steps: string[] = no % 6 === 0 ? [...STEPS] : [...STEPS.slice(0, 2 + (no % 4)), 'A_DECLINED']
  const last = steps.pop()!
  while (steps.length < EVENTS_PER_CASE - 1) steps.push('W_Completeren aanvraag')
  const at = Date.UTC(2025, 0, 1) + no * 40 * MINUTE
  const events = [...steps, last].map((name, i) => event(name, at + i * (30 + (no % 90)) * MINUTE))
  return `<trace><date key="REG_DATE" value="${iso(at)}"/><string key="concept:name" value="${no}"/><string key="AMOUNT_REQ" value="${5000 + (no % 200) * 100}"/>
${events.join('')}</trace>
`
}

const event = (name: string, at: number) =>
  `<event><string key="org:resource" value="112"/><string key="lifecycle:transition" value="COMPLETE"/><string key="concept:name" value="${name}"/><date key="time:timestamp" value="${iso(at)}"/></event>\n`

const iso = (at: number) => new Date(at).toISOString()

/** The real one, of 262,200 events: in the folder of `HEADWATER_DATASETS`, or in `shared/data` beside the repository. */
export function publicDataSet(): string | undefined {
  const folder = process.env.HEADWATER_DATASETS || path.join(root, '..', 'shared', 'data')
  const file = path.join(folder, 'bpi2012.xes.gz')
  return existsSync(file) ? file : undefined
}
