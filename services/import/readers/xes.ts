// XES (IEEE 1849): an event log as XML; a trace is a case, with attributes and events in the order of the file.
import { SaxesParser } from 'saxes'
import { ImportError } from '../errors.ts'

/** Values as they stand in the file, by key; those of nested attributes as `parent/child`. */
export type Attributes = ReadonlyMap<string, string>

export interface TraceEvent {
  readonly line: number
  readonly attributes: Attributes
}

export interface Trace {
  readonly line: number
  readonly attributes: Attributes
  readonly events: readonly TraceEvent[]
}

const attributeTags = new Set(['string', 'date', 'int', 'float', 'boolean', 'id', 'list', 'container'])
const largestTag = 16 * 2 ** 20
const largestTrace = 128 * 2 ** 20

/**
 * The traces of an XES log, one at a time.
 * @throws ImportError `xml-malformed`, `record-too-large`
 */
export async function* readXes(text: AsyncIterable<string>, file: string): AsyncGenerator<Trace> {
  const parser = new SaxesParser<{ xmlns: false }>({ xmlns: false })
  const fail = (reason: string, hint?: string) =>
    new ImportError('xml-malformed', reason, { file, line: parser.line }, hint)
  const traces: Trace[] = []
  let depth = 0
  let trace: { line: number; attributes: Map<string, string>; events: TraceEvent[] } | undefined
  let event: { line: number; attributes: Map<string, string> } | undefined
  /** Keys of the attributes that are open. */
  const keys: string[] = []
  let [lastTag, traceStart] = [0, 0]

  parser.on('error', (error) => {
    throw fail(`the XML is not well-formed: ${error.message.replace(/^(?:[^ ]*:)?\d+:\d+: /, '')}`)
  })
  parser.on('opentag', ({ name, attributes }) => {
    lastTag = parser.position
    if (depth === 0 && name !== 'log') throw fail(`the root element is <${name}>`, 'an XES file has <log>')
    if (name === 'trace' && depth === 1) {
      trace = { line: parser.line, attributes: new Map(), events: [] }
      traceStart = parser.position
    } else if (name === 'event') {
      if (!trace || depth !== 2) throw fail('there is an event outside a trace')
      event = { line: parser.line, attributes: new Map() }
    } else if (trace && attributeTags.has(name)) {
      const { key, value } = attributes as { [name: string]: string | undefined }
      if (key === undefined) throw fail(`a <${name}> has no key`)
      const owner = (event ?? trace).attributes
      if (keys.length === 0 && owner.has(key)) throw fail(`the attribute ${key} is there twice`)
      keys.push(key)
      if (value !== undefined) owner.set(keys.join('/'), value)
    }
    depth++
  })
  parser.on('closetag', ({ name }) => {
    depth--
    lastTag = parser.position
    if (!trace) return
    if (attributeTags.has(name)) keys.pop()
    else if (name === 'event') {
      trace.events.push(event!)
      event = undefined
    } else if (name === 'trace') {
      traces.push(trace)
      trace = undefined
    }
  })

  for await (const chunk of text) {
    parser.write(chunk)
    if (parser.position - lastTag > largestTag)
      throw new ImportError('record-too-large', `there is no tag in ${largestTag} characters`, {
        file,
        line: parser.line,
      })
    if (trace && parser.position - traceStart > largestTrace)
      throw new ImportError('record-too-large', `a trace is longer than ${largestTrace} characters`, {
        file,
        line: trace.line,
      })
    yield* traces.splice(0)
  }
  parser.close()
  yield* traces
}
