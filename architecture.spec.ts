// The rooms of the house (`.dependency-cruiser.cjs`) hold in the sources; and the check itself finds what it should.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { builtinModules, createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cruise, type IModule } from 'dependency-cruiser'
import { afterEach, describe, expect, it } from 'vitest'

const { options, forbidden } = createRequire(import.meta.url)('./.dependency-cruiser.cjs')
const rooms = ['schema', 'projections', 'services', 'infra']

/** Every forbidden import under `baseDir`, as `from → to: rule`. */
async function violations(baseDir: string): Promise<string[]> {
  const { output } = await cruise(
    rooms,
    { ...options, ruleSet: { forbidden }, validate: true, baseDir },
    options.enhancedResolveOptions,
  )
  if (typeof output === 'string') throw new Error(output)
  const rules = output.summary.violations.map((v) => `${v.from} → ${v.to}: ${v.rule.name}`)
  return [...new Set([...rules, ...output.modules.flatMap((module) => unnamedPackages(module, baseDir))])]
}

/** Packages that a file imports although the nearest package.json does not name them; specs may use those of the root too. */
function unnamedPackages({ source, dependencies }: IModule, baseDir: string): string[] {
  if (source.includes('node_modules') || !rooms.includes(source.split('/')[0]!)) return []
  const forTests = /\.spec\.ts$|(^|\/)testing(\/|\.ts)|\/contract\.ts$/.test(source)
  const manifests = [manifestOf(source, baseDir), ...(forTests ? [manifest(baseDir)] : [])]
  const named = new Set(manifests.flatMap((m) => [m.name, ...Object.keys({ ...m.dependencies, ...m.devDependencies })]))
  return dependencies
    .filter(({ module }) => !module.startsWith('.') && !module.startsWith('node:') && !builtinModules.includes(module))
    .map(({ module }) => /^(@[^/]+\/)?[^/]+/.exec(module)![0])
    .filter((name) => !named.has(name))
    .map((name) => `${source} → ${name}: a package used is a package named`)
}

const manifest = (dir: string) => JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'))

function manifestOf(file: string, baseDir: string): ReturnType<typeof manifest> {
  for (let dir = dirname(file); dir !== '.'; dir = dirname(dir)) {
    try {
      return manifest(join(baseDir, dir))
    } catch {
      // one folder up
    }
  }
  return manifest(baseDir)
}

it('nobody imports what its room may not', async () => {
  expect(await violations(import.meta.dirname)).toEqual([])
}, 30_000)

describe('the check finds', () => {
  let house: string
  afterEach(() => rmSync(house, { recursive: true }))

  /** A small house with these files in it. */
  const houseWith = (files: Record<string, string>) => {
    house = mkdtempSync(join(tmpdir(), 'headwater house '))
    const packages = {
      schema: { name: '@headwater/schema' },
      infra: { name: '@headwater/infra', dependencies: { '@headwater/schema': '*' } },
      projections: { name: '@headwater/projections', dependencies: { '@headwater/infra': '*' } },
      'services/sales': { name: '@headwater/sales', dependencies: { '@headwater/schema': '*' } },
    }
    const all: Record<string, string> = {
      'package.json': '{}',
      'schema/index.ts': '',
      'infra/ports/index.ts': '',
      'infra/event-log/index.ts': '',
      'infra/bench/index.ts': '',
      'projections/index.ts': '',
      ...files,
    }
    for (const [folder, content] of Object.entries(packages))
      all[`${folder}/package.json`] = JSON.stringify({
        ...content,
        exports: { '.': { source: './index.ts' }, './*': { source: './*/index.ts' } },
      })
    for (const [path, content] of Object.entries(all)) {
      mkdirSync(dirname(join(house, path)), { recursive: true })
      writeFileSync(join(house, path), content)
    }
    mkdirSync(join(house, 'node_modules/@headwater'), { recursive: true })
    for (const [folder, { name }] of Object.entries(packages))
      symlinkSync(join(house, folder), join(house, 'node_modules', name))
    return violations(house)
  }

  it.each([
    ['a value', "import { log } from '../../infra/ports/index.ts'"],
    ['a type', "import type { Log } from '../../infra/ports/index.ts'"],
    ['a type among values', "import { type Log } from '../../infra/ports/index.ts'"],
    ['a re-export', "export * from '../../infra/ports/index.ts'"],
    ['a re-exported type', "export type { Log } from '../../infra/ports/index.ts'"],
    ['a dynamic import', "export const log = () => import('../../infra/ports/index.ts')"],
  ])('a forbidden import of %s', async (_, code) => {
    const found = await houseWith({ 'services/sales/deal.ts': code })
    expect(found).toEqual(['services/sales/deal.ts → infra/ports/index.ts: room services/sales'])
  })

  it('a forbidden import by the name of a package', async () => {
    const found = await houseWith({ 'projections/fold.ts': "import type { Store } from '@headwater/infra/event-log'" })
    expect(found).toEqual(['projections/fold.ts → infra/event-log/index.ts: room projections'])
  })

  it('circular imports, even of types', async () => {
    const found = await houseWith({
      'schema/a.ts': "import type { B } from './b.ts'",
      'schema/b.ts': "import type { A } from './a.ts'",
    })
    expect(found).toContain('schema/a.ts → schema/b.ts: no circular imports')
  })

  it('a package that is not named', async () => {
    const found = await houseWith({
      'services/sales/deal.ts': "import '@headwater/schema'",
      'projections/fold.ts': "import '@headwater/schema'",
      'schema/id.ts': "import 'node:crypto'",
    })
    expect(found).toEqual(['projections/fold.ts → @headwater/schema: a package used is a package named'])
  })

  it('an import that leads nowhere', async () => {
    const found = await houseWith({ 'schema/a.ts': "import './gone.ts'" })
    expect(found).toEqual(['schema/a.ts → ./gone.ts: every import leads somewhere'])
  })

  it('production code that leans on benchmarks, specs or what is there for testing', async () => {
    const found = await houseWith({
      'schema/a.spec.ts': '',
      'schema/a.ts': "import './a.spec.ts'",
      'infra/testing/index.ts': '',
      'infra/log.ts': "import './bench/index.ts'\nimport './testing/index.ts'",
    })
    expect(found.sort()).toEqual([
      'infra/log.ts → infra/bench/index.ts: nothing imports what stands outside the house',
      'infra/log.ts → infra/testing/index.ts: testing is for specs',
      'schema/a.ts → schema/a.spec.ts: testing is for specs',
    ])
  })
})
