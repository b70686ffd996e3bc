import type { ConformanceFigures, DeviationCount } from '@headwater/analytics'
import { type Coached, instantOf } from '@headwater/schema'
import type { Answer, Json } from '../answer.ts'
import { instant as instantAt } from '../funnel/question.ts'
import { withSession } from '../session.ts'
import { count, NONE, percent } from '../terminal/format.ts'
import { table } from '../terminal/table.ts'
import { theOnlyPlaybook } from './anomalies.ts'

interface ConformanceOptions extends Json {
  readonly playbook?: string
  readonly by: Coached['kind']
  readonly from?: string
  readonly to?: string
  readonly store?: string
  readonly rep?: string
  readonly zone?: string
}

export function conformance({ playbook, by, from, to, store, rep, ...options }: ConformanceOptions): Promise<Answer> {
  const zone = options.zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone
  const time = (flag: string, text: string | undefined) =>
    text === undefined ? undefined : instantAt(flag, text, zone)
  const opened = { from: time('--from', from), to: time('--to', to) }
  return withSession<Answer>(async (session) => {
    const playbookId = playbook ?? (await theOnlyPlaybook(session))
    const now = instantOf(Date.now())
    const question = { playbookId, by, ...opened, storeId: store, repId: rep, now }
    const { all, members } = await session.conformance.check(question)
    return {
      json: { ...question, all, members },
      text: () => [deviationTable(all), '', memberTable(by, [...members, { ...all, member: 'all' }])].join('\n'),
    }
  })
}

const EXAMPLES = 3

const deviationTable = ({ deviations, deals }: ConformanceFigures) =>
  table(
    ['deviation', 'stage', 'what', 'deals', 'of all', 'such as'],
    deviations.map((each) => [
      ...[each.kind, each.stage, each.item ?? NONE, count(each.count), percent(each.count / deals)],
      each.deals.slice(0, EXAMPLES).join(' '),
    ]),
  )

function memberTable(by: Coached['kind'], members: readonly ConformanceFigures[]): string {
  const behaviours = [...new Set(members.flatMap((each) => each.behaviours.map(({ id }) => id)))].sort()
  const kinds = ['skipped-stage', 'illegal-order', 'unmet-gate'] as const
  const sum = (deviations: readonly DeviationCount[], kind: DeviationCount['kind']) =>
    deviations.filter((each) => each.kind === kind).reduce((total, each) => total + each.count, 0)
  return table(
    [by, 'deals', 'as the playbook has it', ...kinds, ...behaviours.map((id) => `${id} in time`)],
    members.map((figures) => {
      const of = new Map(figures.behaviours.map((each) => [each.id, each]))
      return [
        figures.member ?? '(nobody)',
        count(figures.deals),
        percent(figures.deals === 0 ? null : figures.conforming / figures.deals),
        ...kinds.map((kind) => count(sum(figures.deviations, kind))),
        ...behaviours.map((id) => {
          const shown = of.get(id)
          return shown ? percent(shown.met / shown.expected) : NONE
        }),
      ]
    }),
  )
}
