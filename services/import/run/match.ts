// Which entry of the mapping describes which file.
import { basename } from 'node:path'
import { ImportError } from '../errors.ts'
import type { FileMapping, Mapping } from '../mapping/schema.ts'
import { inspectFile, type SourceFile } from '../readers/bytes.ts'

export interface MappedFile {
  readonly source: SourceFile
  readonly file: FileMapping
  /** Of the entry in the mapping. */
  readonly entry: number
}

/**
 * The files with their entries, in the order of the entries, so that what opens a case may come before what closes it however the files are
 * given. The first entry that matches a file's name is its own.
 * @throws ImportError `file-not-mapped` and what `inspectFile` throws
 */
export async function matchFiles(paths: readonly string[], mapping: Mapping): Promise<MappedFile[]> {
  const matched: MappedFile[] = []
  for (const path of paths) {
    const entry = mapping.files.findIndex(({ match }) => matches(basename(path), match))
    const file = mapping.files[entry]
    if (!file) {
      const patterns = mapping.files.map(({ match }) => match).join(', ')
      throw new ImportError(
        'file-not-mapped',
        'no entry of the mapping matches its name',
        { file: path },
        `the patterns are: ${patterns}`,
      )
    }
    matched.push({ source: await inspectFile(path), file, entry })
  }
  return matched.sort((a, b) => a.entry - b.entry)
}

function matches(name: string, glob: string): boolean {
  const pattern = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${pattern}$`, 's').test(name)
}
