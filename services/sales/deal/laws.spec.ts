// What holds for every playbook and every sequence of commands.
import {
  type DealEvent,
  type DecisionContext,
  deriveId,
  type Instant,
  instantOf,
  isRefusal,
  type MissingItem,
  PlaybookDefinition,
} from '@headwater/schema'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { builtinPlaybooks } from '../playbook/index.ts'
import { type DealCommand, type DealNeeds, type DealState, deal } from './index.ts'

const kinds = ['sketch', 'photo']
const fields = ['price', 'style']
const items = ['called', 'measured']
const stageIds = ['s0', 's1', 's2', 's3']
const reasons = ['price', 'time']

const text = { 'zh-CN': '名', en: 'name' }
const named = (ids: readonly string[]) => ids.map((id) => ({ id, name: text }))
const conditions = fc.record({
  evidence: fc.uniqueArray(fc.record({ kind: fc.constantFrom(...kinds), min: fc.integer({ min: 1, max: 2 }) }), {
    selector: ({ kind }) => kind,
  }),
  fields: fc.subarray(fields),
  checklist: fc.subarray(items),
})
const stage = fc.record({ entry: conditions, exit: conditions, skippable: fc.boolean() })
const playbook = fc.tuple(stage, stage, stage, stage).map((stages) =>
  PlaybookDefinition.parse({
    name: text,
    calendar: builtinPlaybooks['b2b-device'].calendar,
    stages: stages.map((s, i) => ({ ...s, ...(i === 0 && { entry: {} }), id: stageIds[i]!, name: text })),
    evidenceKinds: named(kinds),
    fields: fields.map((id) => ({ id, name: text, type: 'text' })),
    checklist: named(items),
    lossReasons: named(reasons),
    blockingReasons: named(reasons),
  }),
)

const anyStage = fc.constantFrom(...stageIds)
const evidenceId = fc.constantFrom('e1', 'e2', 'e3', 'e4')
const data = <T extends DealCommand['type']>(type: T, fields: fc.Arbitrary<object>) =>
  fields.map((data) => ({ type, data }) as DealCommand)
const command: fc.Arbitrary<DealCommand> = fc.oneof(
  {
    weight: 4,
    arbitrary: data('AdvanceDeal', fc.record({ to: anyStage, reason: fc.constant('r') }, { requiredKeys: [] })),
  },
  { weight: 2, arbitrary: data('AdvanceDeal', fc.constant({ waive: true })) },
  data('MoveDealBack', fc.record({ to: anyStage, reason: fc.constant('r') })),
  data('WinDeal', fc.record({ waive: fc.boolean() })),
  data('LoseDeal', fc.record({ reason: fc.constantFrom(...reasons, 'unknown') })),
  data('ReopenDeal', fc.record({ stage: anyStage, reason: fc.constant('r') }, { requiredKeys: ['reason'] })),
  {
    weight: 3,
    arbitrary: data('AttachEvidence', fc.record({ evidenceId, kind: fc.constantFrom(...kinds, 'unknown') })),
  },
  data('WithdrawEvidence', fc.record({ evidenceId, reason: fc.constant('r') })),
  {
    weight: 3,
    arbitrary: data(
      'SetDealFields',
      fc.record({ fields: fc.dictionary(fc.constantFrom(...fields), fc.constantFrom('a', 'b', null, 3)) }),
    ),
  },
  { weight: 2, arbitrary: data('CompleteChecklistItem', fc.record({ item: fc.constantFrom(...items) })) },
  data('UndoChecklistItem', fc.record({ item: fc.constantFrom(...items), reason: fc.constant('r') })),
  data('BlockDeal', fc.record({ reason: fc.constantFrom(...reasons) })),
  data('UnblockDeal', fc.constant({})),
  data('ValueDeal', fc.record({ value: fc.record({ amount: fc.nat(3), currency: fc.constant('CNY') }) })),
  data('AssignDeal', fc.record({ repId: fc.constantFrom('li', 'han') })),
)
/** Hours that pass before the command; now and then it is dated back. */
const steps = fc.array(fc.tuple(command, fc.integer({ min: -3, max: 12 })), { maxLength: 40, size: 'max' })

const actor = { id: 'm', role: 'service' }

function context(definition: PlaybookDefinition, at: Instant, commandId: string) {
  return {
    streamId: 'd1',
    now: at,
    occurredAt: at,
    actor,
    commandId,
    id: (name: string) => deriveId(commandId, name),
    playbook: { status: 'published', playbookId: 'p', versions: [definition] },
    placement: { storeId: 's1', regionId: 'east' },
  } as const satisfies DecisionContext & DealNeeds
}

const evolve = (state: DealState, events: readonly DealEvent[], occurredAt: Instant) =>
  events.reduce((s, event) => deal.evolve(s, { ...event, occurredAt, actor }), state)

/** Runs the commands one after the other; `seen` gets each decision with the state before and after. */
function run(
  definition: PlaybookDefinition,
  wishes: readonly (readonly [DealCommand, number])[],
  seen: (step: {
    command: DealCommand
    before: DealState
    after: DealState
    events: readonly DealEvent[] | undefined
    context: ReturnType<typeof context>
  }) => void,
) {
  let time = Date.UTC(2026, 2, 2)
  const opening = context(definition, instantOf(time), 'open')
  const opened = deal.decide(
    { type: 'OpenDeal', data: { playbook: { id: 'p' }, source: { channel: null } } },
    deal.initialState,
    opening,
  )
  if (isRefusal(opened)) throw new Error(opened.message)
  let state = evolve(deal.initialState, opened, opening.occurredAt)
  wishes.forEach(([wish, hours], i) => {
    time += hours * 3_600_000
    const at = context(definition, instantOf(time), `c${i}`)
    const decision = deal.decide(deal.command.parse(wish), state, at)
    const events = isRefusal(decision) ? undefined : decision
    const after = events ? evolve(state, events, at.occurredAt) : state
    seen({ command: wish, before: state, after, events, context: at })
    state = after
  })
  return state
}

/** What makes a missing item good. */
function supplies(missing: readonly MissingItem[]): DealCommand[] {
  return missing.flatMap(({ kind, item, required, present }): DealCommand[] => {
    if (kind === 'field') return [{ type: 'SetDealFields', data: { fields: { [item]: 'there' } } }]
    if (kind === 'checklist') return [{ type: 'CompleteChecklistItem', data: { item } }]
    return Array.from({ length: required - present }, (_, n) => ({
      type: 'AttachEvidence',
      data: { kind: item, evidenceId: `new-${item}-${present + n}` },
    }))
  })
}

describe('a deal, whatever is asked of it', () => {
  it('stays in its playbook, and every visit begins where the last one ended', () => {
    fc.assert(
      fc.property(playbook, steps, (definition, wishes) => {
        let stage = 's0'
        let closed = false
        let block: string | null = null
        const final = run(definition, wishes, ({ events = [], after }) => {
          for (const { type, data } of events) {
            if (type === 'DealWon' || type === 'DealLost') {
              expect([closed, block, data.stage]).toEqual([false, null, stage])
              closed = true
            } else if (type === 'DealReopened') {
              expect(closed).toBe(true)
              closed = false
              stage = data.stage
            } else if (type === 'DealBlocked' || type === 'DealUnblocked') {
              expect([closed, data.stage]).toEqual([false, stage])
              expect(block).toBe(type === 'DealBlocked' ? null : data.reason)
              block = type === 'DealBlocked' ? data.reason : null
            } else if ('from' in data && type !== 'DealMigrated') {
              expect([closed, block, data.from]).toEqual([false, null, stage])
              expect(data.to).not.toBe(data.from)
              stage = data.to
            }
            expect(stageIds).toContain(stage)
          }
          if (after.status !== 'none')
            expect([after.deal.stage, after.deal.block, after.status !== 'open']).toEqual([stage, block, closed])
        })
        expect(final).toMatchObject({ deal: { visited: expect.arrayContaining(['s0', stage]) } })
      }),
    )
  })

  it('does nothing when asked again for what holds already', () => {
    fc.assert(
      fc.property(playbook, steps, (definition, wishes) => {
        run(definition, wishes, ({ command, events, after, context }) => {
          // "To the next stage" is another wish each time; the others name what is to be.
          const names = command.type !== 'AdvanceDeal' || command.data.to !== undefined
          if (events && names) expect(deal.decide(command, after, context)).toEqual([])
        })
      }),
    )
  })

  it('never goes over a stage that may not be skipped and where it has not been, but by a waiver', () => {
    fc.assert(
      fc.property(playbook, steps, (definition, wishes) => {
        run(definition, wishes, ({ command, before, events = [] }) => {
          if (command.data.waive || before.status === 'none') return
          for (const { data } of events)
            for (const id of 'skipped' in data ? (data.skipped ?? []) : [])
              expect(before.deal.visited.includes(id) || definition.stages.find((s) => s.id === id)?.skippable).toBe(
                true,
              )
        })
      }),
    )
  })

  it('is let through a gate by exactly what the refusal listed', () => {
    let refusals = 0
    fc.assert(
      fc.property(playbook, steps, (definition, wishes) => {
        run(definition, wishes, ({ command, before, context }) => {
          if (command.type !== 'AdvanceDeal' && command.type !== 'WinDeal') return
          const refusal = deal.decide(command, before, context)
          if (!isRefusal(refusal) || refusal.code !== 'gate-unmet') return
          refusals++
          const provide = (wanted: readonly DealCommand[]) =>
            wanted.reduce((state, supply) => {
              const decision = deal.decide(supply, state, context)
              expect(isRefusal(decision)).toBe(false)
              return isRefusal(decision) ? state : evolve(state, decision, context.occurredAt)
            }, before)
          const all = supplies(refusal.missing ?? [])
          const passed = deal.decide(command, provide(all), context)
          // Not a gate any more; what else is wrong (a date before the last move, a missing reason) it says now.
          if (isRefusal(passed)) expect(['before-stage-entry', 'reason-required']).toContain(passed.code)
          const distinct = [...new Set(all.map((supply) => JSON.stringify(supply)))]
          for (const left of distinct) {
            const others = all.filter((supply) => JSON.stringify(supply) !== left)
            expect(deal.decide(command, provide(others), context)).toMatchObject({ code: 'gate-unmet' })
          }
        })
      }),
    )
    expect(refusals).toBeGreaterThan(20)
  })
})
