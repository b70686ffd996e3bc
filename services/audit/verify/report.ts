import type { Position } from '@headwater/schema'
import type { SealFinding } from '../seal.ts'
import type { Tampering } from './suspects.ts'

/** The first place where the log is not as it was. Places count from 0. */
export type LogFinding =
  | {
      readonly kind: Tampering
      readonly index: number
      /** Of the event that is there now; undefined where the log ends before. */
      readonly position: Position | undefined
      /** Id of the event that is there now, and of the one that was. */
      readonly found: string | undefined
      readonly recorded: string
      /** `sealed`: the leaf that says so is under a seal. `unsealed`: no period was closed since. `doubtful`: the leaves are not the sealed ones either. */
      readonly witness: 'sealed' | 'unsealed' | 'doubtful'
    }
  /** Somewhere from `from` to before `to`, with recorded leaves missing or changed in the same way. */
  | { readonly kind: 'log-differs'; readonly from: number; readonly to: number; readonly period: string }

export type Finding =
  | LogFinding
  | SealFinding
  /** A later seal proves the log, this one has another root of it. */
  | { readonly kind: 'root-differs'; readonly period: string; readonly seal: string }
  /** A recorded leaf is missing or wrong; nothing is wrong with the log there. */
  | { readonly kind: 'leaves-flawed'; readonly index: number }

export interface Report {
  /** Neither the log nor a seal was touched. Recorded leaves may be flawed all the same. */
  readonly intact: boolean
  /** How many events of the log were looked at. */
  readonly events: number
  /** So many events, from the first on, are proven by a seal. */
  readonly sealed: number
  readonly findings: readonly Finding[]
  /** `stands`: the seal is in its chain, over its content, and the log up to its size is the one it was made over. */
  readonly seals: readonly {
    readonly period: string
    readonly seal: string
    readonly size: number
    readonly stands: boolean
  }[]
}

/** A finding in one line, for people. */
export function describeFinding(finding: Finding): string {
  switch (finding.kind) {
    case 'altered':
    case 'removed':
    case 'inserted':
    case 'reordered':
      return `event ${finding.index} (counted from 0): ${explained(finding)}${TRUST[finding.witness]}`
    case 'log-differs':
      return `the log is not the one that was sealed for ${finding.period}, somewhere from event ${finding.from} to before event ${finding.to}; what was recorded of its events cannot say where`
    case 'seal-altered':
      return `the seal of ${finding.period} is not over what the ledger says of that period`
    case 'seal-unlinked':
      return `the seal of ${finding.period} does not go on from the seal before it in the ledger`
    case 'seal-missing':
      return `the ledger has no seal ${finding.seal}, which was published`
    case 'root-differs':
      return `the seal of ${finding.period} has another root of the log than the log, which a later seal proves`
    case 'leaves-flawed':
      return `the recorded leaf of event ${finding.index} is missing or was changed; the log itself is as it was sealed there`
  }
}

const explained = ({ kind, found, recorded }: Extract<LogFinding, { kind: Tampering }>): string => {
  if (kind === 'removed') return `${recorded} was removed`
  if (kind === 'inserted') return `${found} was inserted before ${recorded}`
  if (kind === 'reordered') return `${found} stands where ${recorded} stood, which comes later now`
  return found === recorded ? `${recorded} was altered` : `${recorded} was altered, its id too: it is ${found} now`
}

const TRUST = {
  sealed: '',
  unsealed: '; no seal says so yet, only its recorded leaf',
  doubtful: '; with a caution: what was recorded of the events is not what was sealed either',
}
