// Given these events, when this command comes, then that is decided: specs of aggregates without shell or log.
import assert from 'node:assert/strict'
import { type Aggregate, type DecisionContext, isRefusal, type Refusal } from './decider.ts'
import type { Actor, Instant } from './envelope.ts'
import { deriveId } from './ids.ts'

export type Message = { readonly type: string; readonly data: unknown }
/** A past event, at the specification's `at` and by its `actor` unless it says when and who. */
export type Past<Event> = Event & { readonly occurredAt?: Instant; readonly actor?: Actor }

export interface Setting<Needs> {
  /** Default `S-1`. */
  readonly streamId?: string
  /** Business time of given events and commands; default 2026-03-02T02:00:00.000Z, a Monday morning in Shanghai. */
  readonly at?: Instant
  /** Decision time; default: business time. */
  readonly now?: Instant
  readonly actor?: Actor
  readonly needs?: Needs
}

export interface Outcome<State, Event> {
  readonly decision: readonly Event[] | Refusal
  /** After the decided events. */
  readonly state: State
  /** @throws AssertionError unless exactly these events were decided. */
  thenDecided(...events: readonly Event[]): void
  /** @throws AssertionError unless refused with this code and, of `missing` and `details`, what is named here. */
  thenRefused(code: string, expected?: Partial<Pick<Refusal, 'missing' | 'details'>>): Refusal
}

/** Specifications of one aggregate: `spec(deal)(opened).when({ type: 'AdvanceDeal', data: {} }).thenDecided(advanced)`. */
export function spec<State, Command extends Message, Event extends Message, Needs extends object>(
  aggregate: Aggregate<State, Command, Event, Needs>,
  defaults: Setting<Needs> = {},
) {
  return (...given: readonly Past<Event>[]) => {
    const base = { streamId: 'S-1', at: '2026-03-02T02:00:00.000Z', actor: { id: 'rep-1', role: 'rep' }, ...defaults }
    const fold = (state: State, events: readonly Past<Event>[], at: Instant, actor: Actor) =>
      events.reduce(
        (s, e) => aggregate.evolve(s, { ...e, occurredAt: e.occurredAt ?? at, actor: e.actor ?? actor }),
        state,
      )
    const state = fold(aggregate.initialState, given, base.at, base.actor)
    return {
      state,
      when(command: Command, setting: Setting<Needs> = {}): Outcome<State, Event> {
        const { streamId, at, now, actor, needs } = { ...base, ...setting }
        const context: DecisionContext = {
          streamId,
          now: now ?? at,
          occurredAt: at,
          actor,
          commandId: 'c-1',
          id: (name) => deriveId('c-1', name),
        }
        const parsed = aggregate.command.parse(command)
        const decision = aggregate.decide(parsed, state, { ...context, ...(needs as Needs) })
        return {
          decision,
          state: isRefusal(decision) ? state : fold(state, decision, at, actor),
          thenDecided: (...events) => assert.deepStrictEqual(decision, events),
          thenRefused(code, expected = {}) {
            assert.ok(isRefusal(decision), `expected the refusal ${code}, got ${JSON.stringify(decision)}`)
            assert.equal(decision.code, code)
            for (const part of ['missing', 'details'] as const)
              if (expected[part]) assert.deepStrictEqual(decision[part], expected[part])
            return decision
          },
        }
      },
    }
  }
}
