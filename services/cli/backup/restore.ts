import { resolve } from 'node:path'
import { checkBackup, restoreBackup } from '@headwater/infra/backup'
import { claimServerRole, openDatabase } from '@headwater/infra/database'
import { placeMasterKey } from '@headwater/infra/keys'
import { readConfig } from '@headwater/runtime'
import type { Answer } from '../answer.ts'
import { summary } from './backup.ts'

export interface RestoreCommandOptions {
  readonly withoutKeys?: boolean
}

export async function restore(path: string, { withoutKeys }: RestoreCommandOptions): Promise<Answer> {
  const file = resolve(path)
  const { dataDir, databaseUrl, masterKey } = readConfig(process.env)
  const { head, tail } = await checkBackup(file)
  const db = await openDatabase({ url: databaseUrl, dataDir })
  try {
    const role = await claimServerRole(db)
    try {
      const key = withoutKeys ? null : head.masterKey
      const env = { HEADWATER_MASTER_KEY: masterKey }
      const beforeCommit = key === null ? undefined : () => placeMasterKey({ env, dataDir }, Buffer.from(key, 'base64'))
      const contents = await restoreBackup(db, { file, head, tail, withoutKeys, beforeCommit })
      return {
        json: { ...contents, withoutKeys: withoutKeys ?? false },
        text: () =>
          [
            `Restored ${summary(contents)}. The read models follow with the next command.`,
            ...(withoutKeys ? ['All persons count as forgotten.'] : []),
            ...(withoutKeys || key !== null
              ? []
              : [
                  `Before that, put the master.key that was used with it into ${dataDir}, or set HEADWATER_MASTER_KEY.`,
                ]),
          ].join('\n'),
      }
    } finally {
      await role.release()
    }
  } finally {
    await db.close()
  }
}
