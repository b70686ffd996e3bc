import { ExitCode, Failure } from './failure.ts'

/** Aborted by Ctrl+C, with what to do then as its reason; a second one ends the process. */
export function interrupted(advice: string): AbortSignal {
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort(new Failure(`interrupted: ${advice}`, ExitCode.unavailable)))
  return stop.signal
}
