import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkFolder, checkNode, checkSecret } from './machine.ts'
import { report } from './report.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater doctor '))
})
afterAll(() => rm(folder, { recursive: true }))

describe('the doctor', () => {
  it.each([
    ['20.19.0', 'ok'],
    ['22.1.0', 'ok'],
    ['20.18.9', 'fail'],
    ['18.20.0', 'fail'],
  ])('takes Node %s as %s', (version, status) => expect(checkNode(version).status).toBe(status))

  it('wants secrets to be for their owner only, and says how', async () => {
    expect(await checkSecret('master key', folder, 'master.key')).toMatchObject({ status: 'ok' })
    const path = join(folder, 'master.key')
    await writeFile(path, 'secret', { mode: 0o600 })
    expect(await checkSecret('master key', folder, 'master.key')).toMatchObject({ status: 'ok' })
    await chmod(path, 0o644)
    expect(await checkSecret('master key', folder, 'master.key')).toMatchObject({
      status: 'fail',
      advice: `chmod 600 "${path}"`,
    })
  })

  it('wants a folder, which may still have to be made', async () => {
    expect(await checkFolder(folder)).toMatchObject({ status: 'ok' })
    expect(await checkFolder(join(folder, 'later', 'still'))).toMatchObject({ status: 'ok' })
    const file = join(folder, 'file')
    await writeFile(file, '')
    expect(await checkFolder(file)).toMatchObject({ status: 'fail' })
    expect(await checkFolder(join(file, 'below'))).toMatchObject({ status: 'fail' })
  })

  it('ends with 1 where something failed, and says what to do', () => {
    const bad = { check: 'Node', status: 'fail', found: '18', advice: 'install a newer one' } as const
    const answer = report([{ check: 'keys', status: 'ok', found: 'fine' }, bad])
    expect(answer).toMatchObject({ exitCode: 1, json: { ok: false } })
    expect(answer.text()).toMatch(/^fail +Node +18: install a newer one$/m)
  })
})
