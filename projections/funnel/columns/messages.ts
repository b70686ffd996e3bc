// What goes between those who ask for funnels and the thread that has the columns.
import type { Viewer } from '../../viewer.ts'
import type { FunnelQuery, FunnelResult } from '../query.ts'

export type Request =
  | { readonly kind: 'funnel'; readonly viewer: Viewer; readonly query: FunnelQuery; readonly now: number }
  | { readonly kind: 'ready' }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'close' }

export interface Answers {
  readonly funnel: FunnelResult | undefined
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
