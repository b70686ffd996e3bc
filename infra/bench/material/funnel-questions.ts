import type { FunnelQueryInput } from '@headwater/projections'

const day = 86_400_000

/** Thirty questions as dashboards ask them: the whole organisation and parts of it, split in various ways, over a week up to two years. */
export function funnelQuestions(playbookId: string, now: number): FunnelQueryInput[] {
  const playbook = { id: playbookId }
  const back = (days: number) => ({ from: new Date(now - days * day).toISOString() })
  const region = Array.from({ length: 50 }, (_, i) => `s${i * 20}`)
  const year = { playbook, cohort: back(365) }
  const month = { playbook, cohort: back(30) }
  const weeks = { bucket: { unit: 'week' as const } }
  return [
    { playbook },
    { playbook, groupBy: ['channel'] },
    { playbook, groupBy: ['productLine'] },
    { playbook, groupBy: ['channel', 'productLine'] },
    { playbook, groupBy: ['region'] },
    { playbook, groupBy: ['bucket'], ...weeks },
    year,
    { ...year, groupBy: ['channel'] },
    { ...year, groupBy: ['store'] },
    { ...year, groupBy: ['bucket'], ...weeks },
    { ...year, groupBy: ['channel', 'productLine'] },
    { ...year, conversionWindow: 'P30D' },
    { ...year, filter: { channel: ['channel-0', 'channel-3'] } },
    { ...year, filter: { region: ['region-3'] }, groupBy: ['store'] },
    { ...year, filter: { store: region } },
    { ...year, filter: { store: region }, groupBy: ['channel'] },
    { ...year, filter: { store: ['s17'] } },
    { ...year, filter: { store: ['s17'] }, groupBy: ['rep'] },
    { ...year, filter: { rep: ['rep-17-1'] } },
    { ...year, filter: { rep: ['rep-17-1'] }, groupBy: ['bucket'] },
    { playbook, cohort: { from: back(120).from, to: back(30).from } },
    { playbook, cohort: { from: back(120).from, to: back(30).from }, groupBy: ['channel'] },
    { playbook, cohort: back(90), groupBy: ['region'] },
    { playbook, cohort: back(90), groupBy: ['bucket'], bucket: { unit: 'day' } },
    month,
    { ...month, groupBy: ['store'] },
    { ...month, groupBy: ['channel', 'productLine'] },
    { playbook, cohort: back(7), groupBy: ['channel'] },
    { playbook, filter: { store: ['s17'] } },
    { playbook, filter: { rep: ['rep-17-1'] } },
  ]
}
