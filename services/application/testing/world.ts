// A write side in memory for specs: an organisation with one rep, and the built-in playbooks.
import type { EventLog, KeyVault } from '@headwater/infra/ports'
import { builtinPlaybooks } from '@headwater/sales'
import type { RecordedEvent } from '@headwater/schema'
import type { Answer, CommandEnvelope } from '@headwater/shell'
import { MemoryLog, MemoryVault } from '@headwater/shell/testing'
import { type Application, createApplication, type LeadLookup, type Target } from '../index.ts'

export const now = '2026-03-02T02:00:00.000Z'
export const actor = { id: 'rep-1', role: 'rep' }
const founded = { actor: { id: 'hq', role: 'headquarters' }, occurredAt: '2026-01-05T01:00:00.000Z' }

const noDuplicates: LeadLookup = { findDuplicates: async () => [] }

export function openApplication(log: EventLog, vault: KeyVault, leadLookup = noDuplicates): Application {
  return createApplication({ log, vault, leadLookup, clock: { now: () => now } })
}

export const leadData = {
  organisation: '武汉某某有限公司',
  tags: { type: 'enterprise', region: 'hubei', firstContactChannel: 'douyin' },
  source: { channel: 'douyin' },
}

/** With region, store `store-1`, rep `rep-1` and both playbooks. */
export async function foundedLog(log: EventLog = new MemoryLog(), vault: KeyVault = new MemoryVault()) {
  const application = openApplication(log, vault)
  const organisation = { category: 'organisation', id: 'main' }
  const items: [Target, string, object][] = [
    [organisation, 'OpenRegion', { regionId: 'region-1', name: '湖北' }],
    [organisation, 'OpenStore', { storeId: 'store-1', regionId: 'region-1', name: '武汉一店' }],
    [organisation, 'HireRep', { repId: 'rep-1', name: '李雷', storeId: 'store-1' }],
    ...Object.entries(builtinPlaybooks).map(([id, definition]): [Target, string, object] => [
      { category: 'playbook', id },
      'PublishPlaybook',
      { definition },
    ]),
  ]
  for (const [i, [target, type, data]] of items.entries()) {
    const answer = await application.dispatch(target, { type, data }, { ...founded, commandId: `founding-${i}` })
    if (answer.status === 'refused') throw new Error(answer.refusal.message)
  }
  return { log, vault, application }
}

let sent = 0
export const envelope = (commandId = `c-${++sent}`): CommandEnvelope => ({ commandId, actor })

export const code = (answer: Answer) => (answer.status === 'refused' ? answer.refusal.code : answer.status)

export async function everything(log: EventLog): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = []
  for await (const batch of log.readAll()) events.push(...batch.events)
  return events
}

/** The business's part of a log: what two runs of the same story must agree on. Sealed values differ by nature. */
export async function story(log: EventLog): Promise<object[]> {
  return (await everything(log)).map(({ stream, revision, type, version, data, meta }) => ({
    stream,
    revision,
    type,
    version,
    meta,
    data: JSON.parse(JSON.stringify(data), (key, value) => (key === 'sealed' || key === 'command' ? 'sealed' : value)),
  }))
}
