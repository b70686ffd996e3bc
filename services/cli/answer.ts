import type { ExitCode } from './terminal/failure.ts'

/** What a command has to say: the same for programs and for people. */
export interface Answer {
  readonly json: unknown
  text(): string
  readonly exitCode?: ExitCode
}
