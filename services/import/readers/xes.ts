// XES (IEEE 1849): an event log as XML; a trace is a case, with attributes and events in the order of the file.
import { ImportError } from '../errors.ts'
import { parseXml } from './xml.ts'

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
const longestTrace = 128 * 2 ** 20

/**
 * The traces of an XES log, one at a time.
 * @throws ImportError `xml-malformed`, `record-too-large`
 */
export function readXes(text: AsyncIterable<string>, file: string): AsyncGenerator<Trace> {
  const malformed = (reason: string, line: number, hint?: string) =>
    new ImportError('xml-malformed', reason, { file, line }, hint)
  return parseXml<Trace>(text, malformed, (emit, place) => {
    const fail = (reason: string, hint?: string) => malformed(reason, place.line, hint)
    let depth = 0
    let trace: { line: number; attributes: Map<string, string>; events: TraceEvent[] } | undefined
    let event: { line: number; attributes: Map<string, string> } | undefined
    let traceStart = 0
    /** Keys of the attributes that are open. */
    const keys: string[] = []
    return {
      open(name, { key, value }) {
        if (depth === 0 && name !== 'log') throw fail(`the root element is <${name}>`, 'an XES file has <log>')
        if (name === 'trace' && depth === 1) {
          trace = { line: place.line, attributes: new Map(), events: [] }
          traceStart = place.position
        } else if (name === 'event') {
          if (!trace || depth !== 2) throw fail('there is an event outside a trace')
          if (place.position - traceStart > longestTrace)
            throw new ImportError('record-too-large', `a trace is longer than ${longestTrace} characters`, {
              file,
              line: trace.line,
            })
          event = { line: place.line, attributes: new Map() }
        } else if (trace && attributeTags.has(name)) {
          if (key === undefined) throw fail(`a <${name}> has no key`)
          const owner = (event ?? trace).attributes
          if (keys.length === 0 && owner.has(key)) throw fail(`the attribute ${key} is there twice`)
          keys.push(key)
          if (value !== undefined) owner.set(keys.join('/'), value)
        }
        depth++
      },
      close(name) {
        depth--
        if (!trace) return
        if (attributeTags.has(name)) keys.pop()
        else if (name === 'event') {
          trace.events.push(event!)
          event = undefined
        } else if (name === 'trace') {
          emit(trace)
          trace = undefined
        }
      },
    }
  })
}
