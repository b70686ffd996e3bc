import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Answer, Json } from '../answer.ts'
import { writeVerifier } from '../commission/export.ts'
import { withSession } from '../session.ts'

export const prove = ({ line, into }: Json & { readonly line: string; readonly into: string }): Promise<Answer> =>
  withSession(async ({ audit }) => {
    const proof = await audit.prove(line)
    await mkdir(into, { recursive: true })
    const path = join(into, 'proof.json')
    await writeFile(path, `${JSON.stringify(proof, null, 2)}\n`)
    const verifier = await writeVerifier(into)
    const { seal } = proof.close
    return {
      json: { proof: path, verifier, seal },
      text: () => `written: ${path}\nto check it: node ${verifier} ${path} ${seal}`,
    }
  })
