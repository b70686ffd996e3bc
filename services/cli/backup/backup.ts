import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type BackupContents, writeBackup } from '@headwater/infra/backup'
import { loadMasterKey } from '@headwater/infra/keys'
import { readConfig } from '@headwater/runtime'
import type { Answer } from '../answer.ts'
import { withSession } from '../session.ts'
import { count } from '../terminal/format.ts'
import { status } from '../terminal/progress.ts'

export interface BackupCommandOptions {
  readonly withMasterKey?: boolean
}

export async function backup(path: string, { withMasterKey }: BackupCommandOptions): Promise<Answer> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory()
  const file = resolve(
    isFolder ? join(path, `headwater-${new Date().toISOString().replace(/[-:.]/g, '')}.backup.gz`) : path,
  )
  const { dataDir, masterKey } = readConfig(process.env)
  return withSession(
    async ({ db }) => {
      const key = withMasterKey ? await loadMasterKey({ env: { HEADWATER_MASTER_KEY: masterKey }, dataDir }) : undefined
      const line = status()
      const onProgress = (rows: number) => line.say(`backup: ${count(rows)} rows`)
      const contents = await writeBackup(db, { file, masterKey: key, onProgress })
      line.end()
      return { json: { file, ...contents }, text: () => `${file}: ${summary(contents)}.\n${advice(contents)}` }
    },
    { upToDate: false },
  )
}

export const summary = ({ events, keys }: BackupContents) => `${count(events)} events, ${count(keys)} keys of persons`

const advice = ({ masterKey }: BackupContents) =>
  masterKey === 'included'
    ? 'The master key is in it: whoever has this file can read all personal data.'
    : 'The master key is not in it: keep it at another place, as without it nobody can read the personal data in this file.'
