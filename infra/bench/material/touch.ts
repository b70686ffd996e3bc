import { type NewEvent, newId } from '@headwater/schema'

const data = { touchId: 'bench', channel: 'wechat', campaign: 'spring', direction: 'inbound', content: 'x'.repeat(80) }

export const touchMeta = () => ({
  occurredAt: new Date().toISOString(),
  actor: { id: 'bench', role: 'service' },
  caseId: 'bench',
  commandId: newId(),
  correlationId: 'bench',
  causationId: 'bench',
})

/** An event of usual size, in stored form. */
export const touch = (): NewEvent => ({ id: newId(), type: 'LeadTouched', version: 1, data, meta: touchMeta() })
