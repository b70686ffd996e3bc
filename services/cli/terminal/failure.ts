// How a command ends: the exit codes, and one line for whatever went wrong.

export const ExitCode = {
  ok: 0,
  /** The answer is no: a refusal, rows that cannot be imported, something that is not there, a check that failed. */
  refused: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The command could not be carried out: no database, a port in use, another server on the same data, a fault. */
  unavailable: 3,
} as const
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]

/** Ends the command with a line for people and an exit code for programs. */
export class Failure extends Error {
  override readonly name = 'Failure'
  constructor(
    message: string,
    readonly exitCode: ExitCode = ExitCode.refused,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** Errors of the rooms below whose message is written for people. */
const forPeople: Readonly<Record<string, ExitCode>> = {
  PostgresUnavailable: ExitCode.unavailable,
  AlreadyServing: ExitCode.unavailable,
  LogUnavailable: ExitCode.unavailable,
  MasterKeyInvalid: ExitCode.unavailable,
  MasterKeyMismatch: ExitCode.unavailable,
  BackupRefused: ExitCode.refused,
  ModelSuperseded: ExitCode.unavailable,
  PoisonEvent: ExitCode.unavailable,
  UnreadableEvent: ExitCode.unavailable,
  UnknownPlaybook: ExitCode.refused,
  LedgerNotOpen: ExitCode.refused,
  UnknownPeriod: ExitCode.refused,
  UnknownRep: ExitCode.refused,
  UnknownLine: ExitCode.refused,
  UnknownStatement: ExitCode.refused,
  NotClosed: ExitCode.refused,
  UnknownRun: ExitCode.refused,
  NothingRecorded: ExitCode.refused,
  NotAsSealed: ExitCode.refused,
  CutOffMoved: ExitCode.unavailable,
  LeavesMoved: ExitCode.unavailable,
  ImportError: ExitCode.refused,
  MappingError: ExitCode.refused,
  ForeignPosition: ExitCode.usage,
  PositionBeyondHead: ExitCode.refused,
  ReplayNameTaken: ExitCode.refused,
  NoSuchReplay: ExitCode.refused,
  InvalidReplayName: ExitCode.usage,
  InvalidModel: ExitCode.usage,
  NotComparable: ExitCode.usage,
  InvalidCursor: ExitCode.usage,
  InvalidId: ExitCode.usage,
}

/** The exit code of an error, and its line; with `debug` also where it came from. */
export function explain(error: unknown, debug = false): { exitCode: ExitCode; text: string } {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  const known = error instanceof Failure ? error.exitCode : forPeople[name]
  const line = (known === undefined ? `unexpected fault: ${message || name}` : message).split('\n')[0]!
  if (debug) return { exitCode: known ?? ExitCode.unavailable, text: `headwater: ${line}\n${stack}` }
  return {
    exitCode: known ?? ExitCode.unavailable,
    text: `headwater: ${line}${known === undefined ? ' (--debug shows where)' : ''}`,
  }
}
