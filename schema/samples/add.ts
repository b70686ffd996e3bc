// npm run sample -w schema -- LeadTouched '{"touchId": …}': stores a sample of today's version of an event. Never replaces one:
// samples stand for what is in logs out there, so their bytes stay as they are for good.
import { createHash } from 'node:crypto'
import { appendFile, writeFile } from 'node:fs/promises'
import { encodeEvent } from '../codec.ts'
import { deriveId } from '../ids.ts'
import { sampleKeys } from './keys.ts'

const [type, json] = process.argv.slice(2) as [string, string]
const meta = {
  occurredAt: '2026-03-02T02:00:00.000Z',
  actor: { id: 'rep-1', role: 'rep' },
  caseId: 'case-1',
  commandId: 'command-1',
  correlationId: 'command-1',
  causationId: 'command-1',
}
const event = encodeEvent({ type, data: JSON.parse(json) }, meta, deriveId('samples', type), sampleKeys)
const name = `${type}.v${event.version}.json`
const text = `${JSON.stringify(event)}\n`
await writeFile(`samples/${name}`, text, { flag: 'wx' })
await appendFile('samples/SHA256SUMS', `${createHash('sha256').update(text).digest('hex')}  ${name}\n`)
