import { SaxesParser } from 'saxes'
import { ImportError } from '../errors.ts'

export type XmlAttributes = Readonly<Record<string, string | undefined>>

export interface XmlHandlers {
  open(name: string, attributes: XmlAttributes): void
  close(name: string): void
  text?(text: string): void
}

export interface XmlPlace {
  readonly line: number
  /** Characters so far. */
  readonly position: number
}

const longestText = 16 * 2 ** 20

/**
 * Parses XML as it comes; what the handlers emit is yielded after each chunk. Entities of its own declaration are not expanded.
 * @param handle makes the handlers; what they throw ends the parsing
 * @throws ImportError `record-too-large`; `failure` for XML that is not well-formed
 */
export async function* parseXml<T>(
  chunks: AsyncIterable<string>,
  failure: (reason: string, line: number) => ImportError,
  handle: (emit: (item: T) => void, place: XmlPlace) => XmlHandlers,
): AsyncGenerator<T> {
  const parser = new SaxesParser<{ xmlns: false }>({ xmlns: false })
  const items: T[] = []
  const handlers = handle((item) => items.push(item), parser)
  let lastTag = 0
  parser.on('error', ({ message }) => {
    throw failure(`the XML is not well-formed: ${message.replace(/^(?:[^ ]*:)?\d+:\d+: /, '')}`, parser.line)
  })
  parser.on('opentag', ({ name, attributes }) => {
    lastTag = parser.position
    handlers.open(name, attributes as XmlAttributes)
  })
  parser.on('closetag', ({ name }) => {
    lastTag = parser.position
    handlers.close(name)
  })
  if (handlers.text) {
    parser.on('text', handlers.text)
    parser.on('cdata', handlers.text)
  }
  for await (const chunk of chunks) {
    parser.write(chunk)
    if (parser.position - lastTag > longestText) {
      const { file } = failure('', parser.line).place
      throw new ImportError('record-too-large', `there is no tag in ${longestText} characters`, {
        file,
        line: parser.line,
      })
    }
    yield* items.splice(0)
  }
  parser.close()
  yield* items
}
