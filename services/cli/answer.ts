import type { ExitCode } from './terminal/failure.ts'

/** What a command has to say: the same for programs and for people. */
export interface Answer {
  readonly json: unknown
  text(): string
  readonly exitCode?: ExitCode
}

export interface Json {
  readonly json?: boolean
}

/** For programs on request, else for people. */
export async function answer({ json }: Json, answered: Promise<Answer>): Promise<void> {
  const { json: value, text, exitCode } = await answered
  process.stdout.write(`${json ? JSON.stringify(value, null, 2) : text()}\n`)
  if (exitCode !== undefined) process.exitCode = exitCode
}
