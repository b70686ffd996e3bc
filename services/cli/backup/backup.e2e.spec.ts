import { copyFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CommandLine, commandLine } from '../testing/command-line.ts'
import { crmMapping, crmRows } from '../testing/crm.ts'

let source: CommandLine
let target: CommandLine
let file: string
beforeAll(async () => {
  source = await commandLine()
  target = await commandLine('embedded')
  await writeFile(join(source.folder, 'map.yaml'), crmMapping)
  await writeFile(join(source.folder, 'leads.csv'), `${crmRows.join('\n')}\n`)
  await source.json('import', 'leads.csv', '--map', 'map.yaml')
  file = join(source.folder, 'one.gz')
})
afterAll(async () => {
  await source.remove()
  await target.remove()
})

/** Events, figures, and lists with the names of persons in them. */
const told = async (cli: CommandLine) => [
  (await cli.run('log', 'read', '--all', '--json')).stdout,
  await cli.json('funnel', '--playbook', 'sales', '--as-of', '2026-04-01'),
  await cli.json('lead', 'list'),
  await cli.json('deal', 'list'),
]

describe('backup and restore', () => {
  it('makes a file, in a folder under a name with its time, and says that the master key is not in it', async () => {
    const { code, stdout } = await source.run('backup', file)
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/\d+ events, 2 keys of persons\.\nThe master key is not in/),
    ])
    const again = await source.json<{ file: string }>('backup', source.folder)
    expect((await readdir(source.folder)).some((name) => again.file.endsWith(name) && /^headwater-2/.test(name))).toBe(
      true,
    )
    expect((await source.run('backup', file)).stderr).toMatch(/^headwater: .*is there already; name another file\n$/)
  })

  it('restores events, names and figures into an empty folder, once its master key is there', async () => {
    const { code, stdout } = await target.run('restore', file)
    expect([code, stdout]).toEqual([0, expect.stringMatching(/Restored \d+ events.*\n.*put the master\.key.*\n$/)])
    await copyFile(join(source.dataDir, 'master.key'), join(target.dataDir, 'master.key'))
    expect(await told(target)).toEqual(await told(source))
    const { ok } = await target.json<{ ok: boolean }>('doctor')
    expect(ok).toBe(true)
  })

  it('refuses a target with something in it', async () => {
    const { code, stderr } = await target.run('restore', file)
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^headwater: there are events or keys here already.*\n$/)])
  })

  it('needs nothing else where the backup holds the master key', async () => {
    const whole = join(source.folder, 'whole.gz')
    await source.json('backup', whole, '--with-master-key')
    const other = await commandLine()
    try {
      await other.json('restore', whole)
      expect(await told(other)).toEqual(await told(source))
    } finally {
      await other.remove()
    }
  })
})
