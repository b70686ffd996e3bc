// Random but possible stories of deals, for laws over the funnel.
import { type DealEvent, type DomainEvent, instantOf, PlaybookDefinition } from '@headwater/schema'
import fc from 'fast-check'
import type { Fact } from './facts.ts'

const name = (text: string) => ({ 'zh-CN': text, en: text })
const hours = [{ from: '09:00', to: '18:00' }]

export function definition(stages: readonly string[]) {
  return PlaybookDefinition.parse({
    name: name('laws'),
    calendar: {
      zone: 'Asia/Shanghai',
      week: { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours },
      holidays: ['2026-01-14'],
    },
    stages: stages.map((id) => ({ id, name: name(id), skippable: true })),
  })
}

/** Two versions: the second renames the third stage. */
export const versions = [definition(['a', 'b', 'c', 'd']), definition(['a', 'b', 'x', 'd'])]
const renamed = { c: 'x' }
const stagesOf = (version: number) => versions[version - 1]!.stages.map(({ id }) => id)

export const stores = ['s1', 's2'] as const
/** Store s1 goes from region north to region south here, in the middle of the stories. */
export const storeMoves = '2026-01-15T04:00:00.000Z'
const begin = Date.parse('2026-01-05T00:00:00.000Z')

const step = fc.record({
  kind: fc.constantFrom(
    'forward',
    'forward',
    'forward',
    'jump',
    'back',
    'win',
    'lose',
    'block',
    'unblock',
    'assign',
    'migrate',
    'call',
  ),
  to: fc.nat(3),
  /** Up to two days. */
  wait: fc.nat(2 * 86_400_000),
  text: fc.constantFrom('price', 'time', 'budget'),
  /** One move in ten contradicts other facts. */
  dice: fc.nat(9),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

export const story = fc.record({
  start: fc.nat(10 * 86_400_000),
  store: fc.constantFrom(...stores),
  rep: fc.constantFrom('r1', 'r2', null),
  channel: fc.constantFrom('web', 'fair', null),
  segment: fc.constantFrom('home', 'trade', undefined),
  stage: fc.constantFrom('a', 'a', 'a', 'b'),
  steps: fc.array(step, { maxLength: 20, size: 'max' }),
})
export type Story = typeof story extends fc.Arbitrary<infer T> ? T : never

/** What a story is in events of the deal's stream. */
export function tell(
  dealId: string,
  playbookId: string,
  { start, store, rep, channel, segment, stage, steps }: Story,
): Fact[] {
  const stream = `deal-${dealId}`
  let at = begin + start
  const facts: Fact[] = []
  const say = (event: DomainEvent) => facts.push({ stream, at: instantOf(at), event })
  say({
    type: 'DealOpened',
    data: {
      dealId,
      caseId: dealId,
      playbook: { id: playbookId, version: 1 },
      stage,
      repId: rep,
      storeId: store,
      source: { channel },
      ...(segment && { segment }),
    },
  })
  let state: State = { version: 1, stage, visited: new Set([stage]), status: 'open', block: null }
  for (const each of steps) {
    at += each.wait
    const [events, next] = happen(state, each, playbookId)
    for (const event of events) say(event)
    state = next
  }
  return facts
}

interface State {
  readonly version: number
  readonly stage: string
  readonly visited: ReadonlySet<string>
  readonly status: 'open' | 'won' | 'lost'
  readonly block: string | null
}

function happen(state: State, step: Step, playbookId: string): [readonly DealEvent[], State] {
  const { version, stage, visited, status, block } = state
  const stages = stagesOf(version)
  const from = stages.indexOf(stage)
  const flags = step.dice === 0 ? { flags: [{ code: 'before-entry', detail: 'spec' }] } : {}
  const cleared: DealEvent[] = block === null ? [] : [{ type: 'DealUnblocked', data: { stage, reason: block } }]
  const go = (to: string, event: DealEvent): [DealEvent[], State] => [
    [...cleared, event],
    { ...state, stage: to, visited: new Set(visited).add(to), status: 'open', block: null },
  ]
  const ahead = (to: number): [readonly DealEvent[], State] => {
    const target = stages[to]
    if (!target || to <= from) return [[], state]
    const move = { from: stage, to: target, ...flags }
    const skipped = stages.slice(from + 1, to).filter((id) => !visited.has(id))
    if (visited.has(target))
      return go(target, { type: 'DealReentered', data: { ...move, ...(skipped.length > 0 && { skipped }) } })
    if (skipped.length === 0) return go(target, { type: 'DealAdvanced', data: move })
    return go(target, { type: 'DealSkippedAhead', data: { ...move, skipped, reason: 'spec' } })
  }
  if (step.kind === 'assign')
    return [[{ type: 'DealAssigned', data: { repId: 'r3', storeId: stores[step.to % 2]! } }], state]
  if (step.kind === 'call')
    return [[{ type: 'DealActivityLogged', data: { activityId: `x${step.wait}`, kind: 'call' } }], state]
  if (status !== 'open') {
    if (step.kind !== 'back') return [[], state]
    const to = stages[Math.min(step.to, from)]!
    return go(to, { type: 'DealReopened', data: { stage: to, reason: 'spec' } })
  }
  switch (step.kind) {
    case 'forward':
      return ahead(from + 1)
    case 'jump':
      return ahead(step.to)
    case 'back': {
      const to = stages[step.to]!
      return step.to < from
        ? go(to, { type: 'DealMovedBack', data: { from: stage, to, reason: 'spec', ...flags } })
        : [[], state]
    }
    case 'win': {
      if (from < 2) return [[], state]
      const skipped = stages.slice(from + 1).filter((id) => !visited.has(id))
      const data = { stage, ...(skipped.length > 0 && { skipped }), ...flags }
      return [[...cleared, { type: 'DealWon', data }], { ...state, status: 'won', block: null }]
    }
    case 'lose':
      return [
        [...cleared, { type: 'DealLost', data: { stage, reason: step.text, ...flags } }],
        { ...state, status: 'lost', block: null },
      ]
    case 'block':
      if (block === step.text) return [[], state]
      return [[...cleared, { type: 'DealBlocked', data: { stage, reason: step.text } }], { ...state, block: step.text }]
    case 'unblock':
      return [cleared, { ...state, block: null }]
    default: {
      if (version === 2) return [[], state]
      const rename = (id: string) => (id === 'c' ? 'x' : id)
      const to = { id: playbookId, version: 2 }
      const data = {
        from: { id: playbookId, version: 1 },
        to,
        fromStage: stage,
        toStage: rename(stage),
        stages: renamed,
        missing: [],
      }
      return [
        [{ type: 'DealMigrated', data }],
        { ...state, version: 2, stage: rename(stage), visited: new Set([...visited].map(rename)) },
      ]
    }
  }
}

/** The playbook and the organisation that the stories play in. */
export function setting(playbookId: string): Fact[] {
  return [
    ...versions.map(
      (each, i): Fact => ({
        stream: `playbook-${playbookId}`,
        at: instantOf(begin),
        event: { type: 'PlaybookPublished', data: { playbookId, version: i + 1, definition: each } },
      }),
    ),
  ]
}

export function organisation(): Fact[] {
  const stream = 'organisation-main'
  const at = instantOf(begin)
  const regions = ['north', 'south'].map(
    (regionId): Fact => ({ stream, at, event: { type: 'RegionOpened', data: { regionId, name: regionId } } }),
  )
  const opened = stores.map(
    (storeId): Fact => ({
      stream,
      at,
      event: { type: 'StoreOpened', data: { storeId, regionId: 'north', name: storeId } },
    }),
  )
  const moved: Fact = {
    stream,
    at: storeMoves,
    event: { type: 'StoreMoved', data: { storeId: 's1', fromRegionId: 'north', toRegionId: 'south' } },
  }
  return [...regions, ...opened, moved]
}
