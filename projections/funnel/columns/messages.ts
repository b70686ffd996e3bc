// What goes between those who ask for funnels and the thread that has the columns.
import type { PlaybookDefinition } from '@headwater/schema'
import type { Viewer } from '../../viewer.ts'
import type { FunnelQuery, FunnelResult, GroupKey } from '../query.ts'

export interface Question {
  readonly viewer: Viewer
  readonly query: FunnelQuery
  /** Milliseconds since 1970. */
  readonly now: number
  /** What is known of the answer already. */
  readonly known?: Pick<PanelChanges, 'panel' | 'revision'> | undefined
}

/** What has changed, or everything. */
export interface PanelChanges {
  readonly panel: number
  readonly revision: number
  /** Numbers of groups, and their keys. */
  readonly groups: readonly number[]
  readonly keys: readonly GroupKey[]
  /** By group and stage, see `Layout`; zeros for a group that counts nothing any more. */
  readonly numbers: Float64Array
  readonly lossRoom: number
  readonly blockRoom: number
  /** By code. */
  readonly lossReasons: readonly (string | null)[]
  readonly blockReasons: readonly string[]
}

/** What is new to those who asked; everything where it is another panel than they know. */
export interface FunnelChanges extends PanelChanges {
  readonly asOf: FunnelResult['asOf']
  readonly stages: PlaybookDefinition['stages']
  /** How much older open stays are by now, in seconds. */
  readonly older?: { readonly calendar: number; readonly business: number }
}

export type Request =
  | ({ readonly kind: 'funnel' } & Question)
  | { readonly kind: 'ready' }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'close' }

export interface Answers {
  readonly funnel: FunnelChanges | undefined
  readonly ready: undefined
  readonly bytes: number
  readonly close: undefined
}

export interface Call {
  readonly id: number
  readonly request: Request
}

export type Reply =
  | { readonly id: number; readonly answer: Answers[keyof Answers] }
  | { readonly id: number; readonly error: unknown }
  /** Something in the background went wrong. */
  | { readonly fault: unknown }
