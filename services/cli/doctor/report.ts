import type { Answer } from '../answer.ts'
import { ExitCode } from '../terminal/failure.ts'
import { table } from '../terminal/table.ts'

export interface Finding {
  readonly check: string
  readonly status: 'ok' | 'warn' | 'fail'
  readonly found: string
  /** What to do about it. */
  readonly advice?: string
}

/** All findings; the exit code says whether anything failed. */
export function report(findings: readonly Finding[]): Answer {
  const failed = findings.some(({ status }) => status === 'fail')
  return {
    json: { ok: !failed, findings },
    text: () =>
      table(
        ['', 'check', 'found'],
        findings.map(({ check, status, found, advice }) => [status, check, advice ? `${found}: ${advice}` : found]),
      ),
    exitCode: failed ? ExitCode.refused : ExitCode.ok,
  }
}
