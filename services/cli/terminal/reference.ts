import { ExitCode, Failure } from './failure.ts'

/** Something that has versions: `home-improvement@2` → its id and version. `what` is named where it is written wrong. @throws Failure */
export function reference(text: string, what: string): { id: string; version?: number } {
  const [, id, version] = /^([^@]+)(?:@(\d+))?$/.exec(text) ?? []
  if (!id) throw new Failure(`${what} ${text}: write its id, or id@version`, ExitCode.usage)
  return version === undefined ? { id } : { id, version: Number(version) }
}
