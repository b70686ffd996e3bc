// The folder of an export: what is in it is whole. A part becomes files by rename, and counts when the manifest names it.
import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { ExitCode, Failure } from '../terminal/failure.ts'

const Request = z.object({
  what: z.array(z.string()),
  format: z.enum(['parquet', 'csv', 'jsonl']),
  from: z.string().nullable(),
  until: z.string().nullable(),
  personal: z.boolean(),
})
/** What was asked for: the same words go on with what was interrupted. */
export type Request = z.infer<typeof Request>

const Source = z.object({
  name: z.string(),
  /** Everything up to this position of the log is in it; null where nothing was recorded by then. */
  position: z.string().nullable(),
  /** Everything up to here is written: of the log a position, of a read model by table the key of a row. */
  cursor: z.json().nullable(),
  parts: z.int(),
  complete: z.boolean(),
})
export type Source = z.infer<typeof Source>

const Table = z.object({
  name: z.string(),
  source: z.string(),
  folder: z.string(),
  /** Whether it lies in folders by month. */
  monthly: z.boolean(),
  rows: z.int(),
  columns: z.array(z.object({ name: z.string(), type: z.string(), meaning: z.string() })),
})
export type ExportedTable = z.infer<typeof Table>

const File = z.object({ table: z.string(), path: z.string(), rows: z.int(), bytes: z.int(), sha256: z.string() })
export type ExportedFile = z.infer<typeof File>

const Manifest = z.object({
  format: z.literal('headwater-export'),
  version: z.literal(1),
  begunAt: z.iso.datetime(),
  /** Who took personal data with them. */
  by: z.string().nullable(),
  request: Request,
  complete: z.boolean(),
  sources: z.array(Source),
  tables: z.array(Table),
  files: z.array(File),
})
export type Manifest = z.infer<typeof Manifest>

/** A file that is written and not yet in its place. */
export interface Draft {
  readonly table: string
  readonly draft: string
  /** Below the folder. */
  readonly path: string
  readonly rows: number
}

const manifestFile = 'manifest.json'
const scratch = '.partial'

/** @throws Failure where the folder holds no export */
export async function readManifest(dir: string): Promise<Manifest> {
  const text = await readFile(join(dir, manifestFile), 'utf8').catch(() => undefined)
  if (text === undefined) throw new Failure(`${dir} holds no export: there is no ${manifestFile}`, ExitCode.usage)
  try {
    return Manifest.parse(JSON.parse(text))
  } catch (cause) {
    throw new Failure(`${join(dir, manifestFile)} is no manifest of an export`, ExitCode.refused, { cause })
  }
}

export class ExportFolder {
  private constructor(
    readonly dir: string,
    public manifest: Manifest,
  ) {}

  /**
   * The folder, new or with what the same request has left in it.
   * @throws Failure where it holds anything else, or another process writes into it
   */
  static async open(dir: string, request: Request, by: string | null): Promise<ExportFolder> {
    await mkdir(dir, { recursive: true, ...(request.personal ? { mode: 0o700 } : {}) })
    const there = (await readdir(dir)).filter((name) => name !== scratch)
    if (there.includes(manifestFile)) {
      const manifest = await readManifest(dir)
      if (JSON.stringify(manifest.request) !== JSON.stringify(request))
        throw new Failure(`${dir} holds another export (${inWords(manifest.request)}): name another folder`)
      const folder = await new ExportFolder(dir, manifest).locked()
      await folder.sweep()
      return folder
    }
    if (there.length > 0) throw new Failure(`${dir} is not empty: it holds ${there[0]}; name another folder`)
    const begunAt = new Date().toISOString()
    const nothing = { sources: [], tables: [], files: [], complete: false }
    const folder = new ExportFolder(dir, { format: 'headwater-export', version: 1, begunAt, by, request, ...nothing })
    await folder.locked()
    await folder.save()
    return folder
  }

  /** Where drafts are made. */
  get scratch(): string {
    return join(this.dir, scratch)
  }

  /** One writer at a time; what a dead one left half-done goes. */
  private async locked(): Promise<this> {
    await mkdir(this.scratch, { recursive: true })
    const lock = join(this.scratch, 'pid')
    const pid = Number(await readFile(lock, 'utf8').catch(() => ''))
    if (pid && pid !== process.pid && isAlive(pid)) throw new Failure(`process ${pid} is exporting into ${this.dir}`)
    await rm(this.scratch, { recursive: true })
    await mkdir(this.scratch)
    await writeFile(lock, String(process.pid))
    return this
  }

  /** Removes files of a part that did not come to count: the next one may have other months. */
  private async sweep(): Promise<void> {
    const listed = new Set(this.manifest.files.map(({ path }) => path))
    for (const { folder } of this.manifest.tables) {
      const there = await readdir(join(this.dir, folder), { recursive: true }).catch(() => [])
      for (const path of there.map((name) => join(folder, name)))
        if (/part-\d{6}\.[a-z]+$/.test(path) && !listed.has(path)) await rm(join(this.dir, path))
    }
  }

  source(name: string): Source | undefined {
    return this.manifest.sources.find((source) => source.name === name)
  }

  /** Begins a source, or begins it anew: what was written of it is removed. */
  async begin(name: string, position: string | null, tables: readonly Omit<ExportedTable, 'rows'>[]): Promise<Source> {
    const source: Source = { name, position, cursor: null, parts: 0, complete: false }
    const stale = this.manifest.tables.filter((table) => table.source === name)
    const isStale = (table: string) => stale.some((one) => one.name === table)
    this.manifest = {
      ...this.manifest,
      sources: [...this.manifest.sources.filter((one) => one.name !== name), source],
      tables: [
        ...this.manifest.tables.filter((one) => one.source !== name),
        ...tables.map((table) => ({ ...table, rows: 0 })),
      ],
      files: this.manifest.files.filter(({ table }) => !isStale(table)),
    }
    await this.save()
    for (const { folder } of stale) await rm(join(this.dir, folder), { recursive: true, force: true })
    return source
  }

  /** Takes the drafts in as one part of a source: all of them or, where this is killed, none. @returns the source as it is now */
  async commit(source: Source, drafts: readonly Draft[], now: Pick<Source, 'cursor' | 'complete'>): Promise<Source> {
    const files: ExportedFile[] = []
    for (const { draft, path, table, rows } of drafts) {
      const target = join(this.dir, path)
      const { bytes, sha256 } = await digest(draft)
      await mkdir(dirname(target), { recursive: true })
      await rename(draft, target)
      files.push({ table, path, rows, bytes, sha256 })
    }
    const after: Source = { ...source, ...now, parts: source.parts + (drafts.length > 0 ? 1 : 0) }
    const { manifest } = this
    this.manifest = {
      ...manifest,
      sources: manifest.sources.map((one) => (one.name === source.name ? after : one)),
      tables: manifest.tables.map((table) => {
        const added = files.reduce((sum, file) => (file.table === table.name ? sum + file.rows : sum), 0)
        return added === 0 ? table : { ...table, rows: table.rows + added }
      }),
      files: [...manifest.files, ...files],
    }
    await this.save()
    return after
  }

  /** A file beside the data. */
  async write(name: string, text: string): Promise<void> {
    const draft = join(this.scratch, name)
    await writeFile(draft, text)
    await digest(draft)
    await rename(draft, join(this.dir, name))
  }

  async complete(): Promise<void> {
    this.manifest = { ...this.manifest, complete: true }
    await this.save()
  }

  /** Lets others write here. */
  close(): Promise<void> {
    return rm(this.scratch, { recursive: true, force: true })
  }

  private save(): Promise<void> {
    return this.write(manifestFile, `${JSON.stringify(this.manifest, null, 1)}\n`)
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Reads what was written, when it is on disk for good. */
async function digest(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  const file = await open(path)
  await file.sync()
  let bytes = 0
  for await (const chunk of file.createReadStream()) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { bytes, sha256: hash.digest('hex') }
}

const inWords = ({ what, format, from, until, personal }: Request) =>
  [what.join(' '), format, from && `from ${from}`, until && `until ${until}`, personal && 'with personal data']
    .filter(Boolean)
    .join(', ')
