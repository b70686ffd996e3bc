import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { type Document, isNode, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { MappingError, type MappingIssue } from '../errors.ts'
import { checkAgainstPlaybook, checkOrganisation, toMappingIssue } from './check.ts'
import { Mapping } from './schema.ts'

const largestFile = 2 ** 20

/** In the folder of this package, wherever what is built from it lies. */
const shipped = join(dirname(createRequire(import.meta.url).resolve('@headwater/import/package.json')), 'mappings')

/** Names of the mappings that come with the product. */
export function shippedMappings(): string[] {
  return readdirSync(shipped)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => basename(name, '.yaml'))
}

/**
 * Reads a mapping from a YAML file, or one that comes with the product by its name (`bpi2012`).
 * @throws MappingError with everything that is wrong, where in the file it is and what would be right
 */
export async function readMapping(pathOrName: string): Promise<Mapping> {
  const own = shippedMappings()
  const path = !existsSync(pathOrName) && own.includes(pathOrName) ? join(shipped, `${pathOrName}.yaml`) : pathOrName
  let text: string
  try {
    const bytes = await readFile(path)
    if (bytes.length > largestFile) throw new Error(`it is larger than ${largestFile} bytes, which no mapping is`)
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why =
      code === 'ENOENT'
        ? `there is no such file, and no mapping of this name (there are: ${own.join(', ')})`
        : code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
          ? 'it is not UTF-8 text'
          : `it cannot be read: ${message}`
    throw new MappingError(path, [{ path: '', message: why }])
  }
  return parseMapping(text, path)
}

/** As `readMapping`, from the text of the file; `file` is named in errors. @throws MappingError */
export function parseMapping(text: string, file: string): Mapping {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const lineAt = (offset: number) => lines.linePos(offset).line
  if (document.errors.length)
    throw new MappingError(
      file,
      document.errors.map(({ message, pos }) => ({ path: '', line: lineAt(pos[0]), message: `not YAML: ${message}` })),
    )
  let plain: unknown
  try {
    plain = document.toJS({ maxAliasCount: 1000 })
  } catch (error) {
    throw new MappingError(file, [{ path: '', message: `not YAML: ${(error as Error).message}` }])
  }
  const parsed = Mapping.safeParse(plain)
  const lineOf = (path: readonly PropertyKey[]) => {
    const offset = nearestOffset(document, path)
    return offset === undefined ? undefined : lineAt(offset)
  }
  const fail = (issues: MappingIssue[]) => {
    throw new MappingError(file, issues)
  }
  if (!parsed.success)
    return fail(parsed.error.issues.flatMap(zodIssues).map((issue) => toMappingIssue(issue, lineOf(issue.path))))
  const mapping = parsed.data
  const { definition } = mapping.playbook
  const issues = [...checkOrganisation(mapping), ...(definition ? checkAgainstPlaybook(mapping, definition) : [])]
  return issues.length ? fail(issues.map((issue) => toMappingIssue(issue, lineOf(issue.path)))) : mapping
}

function zodIssues(issue: z.core.$ZodIssue): { path: (string | number)[]; message: string }[] {
  const path = issue.path as (string | number)[]
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], message: 'there is no such setting' }))
  return [{ path, message: issue.message.replace(/^Invalid (?:input|option): /, '') }]
}

/** Where the longest part of a path begins that the document has. */
function nearestOffset(document: Document, path: readonly PropertyKey[]): number | undefined {
  for (let length = path.length; length >= 0; length--) {
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return undefined
}
