import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Audit } from '@headwater/runtime'
import type { Answer, Json } from '../answer.ts'
import { writeVerifier } from '../commission/export.ts'
import { withSession } from '../session.ts'
import { ExitCode, Failure } from '../terminal/failure.ts'

interface Sought {
  readonly line?: string
  readonly statement?: boolean
  readonly rep?: string
  readonly period?: string
}

export function prove({ into, ...sought }: Json & Sought & { readonly into: string }): Promise<Answer> {
  const proving = proverOf(sought)
  return withSession(async ({ audit }) => {
    const proof = await proving(audit)
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
}

/** @throws Failure unless it is exactly one thing */
function proverOf({ line, statement = false, rep, period }: Sought): (audit: Audit) => ReturnType<Audit['proveLine']> {
  if (line !== undefined && !statement && rep === undefined && period === undefined)
    return (audit) => audit.proveLine(line)
  if (statement && line === undefined && rep !== undefined && period !== undefined)
    return (audit) => audit.proveStatement(rep, period)
  throw new Failure('name one --line, or a --statement with its --rep and --period', ExitCode.usage)
}
