import type { EventLog, KeyVault } from '@headwater/infra/ports'
import { builtinPlaybooks, lead as leadAggregate } from '@headwater/sales'
import { deriveId, FORGOTTEN, upcast } from '@headwater/schema'
import { dyingAt } from '@headwater/shell/testing'
import { describe, expect, test } from 'vitest'
import type { Application, TargetedItem } from './index.ts'
import { code, envelope, everything, foundedLog, leadData, now, openApplication, story } from './testing/world.ts'

const contact = { subject: 'p-1', name: '王芳', phone: '138 0013 8000' }
const lead = (id: string) => ({ category: 'lead', id })
const deal = (id: string) => ({ category: 'deal', id })
const to =
  (application: Application, target: { category: string; id: string }) =>
  (type: string, data: object = {}) =>
    application.dispatch(target, { type, data }, envelope())

/** With a lead `L-1`, qualified. */
async function withLead(data: object = {}) {
  const world = await foundedLog()
  const tell = to(world.application, lead('L-1'))
  await tell('CaptureLead', { ...leadData, contact, ...data })
  await tell('AssignLead', { repId: 'rep-1' })
  await tell('QualifyLead')
  return { ...world, tell }
}
const types = async (log: Parameters<typeof everything>[0], prefix: string) =>
  (await everything(log)).filter(({ stream }) => stream.startsWith(prefix)).map(({ type }) => type)

/**
 * Does something on as many copies of a world as it appends events, each time dying at another append, before or after; then does it again
 * in a new process. The story must be the same as without dying.
 */
async function survivesDeath(
  prepare: () => Promise<{ log: EventLog; vault: KeyVault }>,
  act: (application: Application) => Promise<unknown>,
) {
  const whole = await prepare()
  const before = (await everything(whole.log)).length
  const answer = await act(openApplication(whole.log, whole.vault))
  const written = (await everything(whole.log)).length - before
  expect(written).toBeGreaterThan(1)
  for (let n = 1; n <= written; n++)
    for (const when of ['before', 'after'] as const) {
      const { log, vault } = await prepare()
      await act(openApplication(dyingAt(log, n, when), vault)).catch(() => {})
      const again = await act(openApplication(log, vault))
      expect((await story(log)).slice(before)).toEqual((await story(whole.log)).slice(before))
      expect(withoutPlaces(again)).toEqual(withoutPlaces(answer))
    }
}
const withoutPlaces = (answer: unknown) =>
  JSON.parse(JSON.stringify(answer), (key, value) => (key === 'position' || key === 'repeated' ? undefined : value))

describe('dispatching', () => {
  test('goes to the aggregate of the category', async () => {
    const { application } = await foundedLog()
    expect(await to(application, lead('L-1'))('CaptureLead', leadData)).toMatchObject({
      stream: 'lead-L-1',
      revision: 0,
    })
    expect(code(await to(application, lead('L-2'))('OpenDeal', {}))).toBe('wrong-stream-kind')
    expect(code(await to(application, { category: 'device', id: 'x' })('CaptureLead'))).toBe('unknown-category')
    expect(code(await to(application, { category: 'organisation', id: 'other' })('RepLeaves'))).toBe(
      'unknown-organisation',
    )
  })

  test('of many keeps the order of each stream and answers each item on its own', async () => {
    const { application, log } = await foundedLog()
    const item = (id: string, type: string, data: object = {}): TargetedItem => ({
      target: lead(id),
      command: { type, data },
      envelope: envelope(),
    })
    const items = Array.from({ length: 40 }, (_, i) => `L-${i}`).flatMap((id) => [
      item(id, 'QualifyLead'),
      item(id, 'CaptureLead', leadData),
    ])
    items.push(...Array.from({ length: 40 }, (_, i) => item(`L-${i}`, 'QualifyLead')), item('L-1', 'MarkLeadValid'))
    const answers = await application.dispatchAll(items)
    expect(answers.map(code)).toEqual([
      ...Array.from({ length: 40 }, () => ['lead-not-found', 'accepted']).flat(),
      ...Array(41).fill('accepted'),
    ])
    expect(await types(log, 'lead-L-1')).toContain('LeadMarkedValid')
    const captures = items.filter(({ command }) => command.type === 'CaptureLead')
    for (const answer of await application.dispatchAll(captures)) expect(answer).toMatchObject({ repeated: true })
  })

  test('looks up where a rep works, and who may be the same lead', async () => {
    const { log, vault } = await foundedLog()
    const questions: object[] = []
    const application = openApplication(log, vault, {
      async findDuplicates(question) {
        questions.push(question)
        return [{ leadId: 'L-0', on: 'phone' }]
      },
    })
    const tell = to(application, lead('L-1'))
    expect(await tell('CaptureLead', { ...leadData, contact })).toMatchObject({
      events: [{ type: 'LeadCaptured' }, { type: 'LeadDuplicateSuspected', data: { ofLeadId: 'L-0', on: 'phone' } }],
    })
    expect(questions).toEqual([{ phone: '+8613800138000', organisation: expect.any(String), exceptLeadId: 'L-1' }])
    expect(await tell('AssignLead', { repId: 'rep-1' })).toMatchObject({
      events: [{ type: 'LeadAssigned', data: { repId: 'rep-1', storeId: 'store-1' } }],
    })
    expect(code(await tell('AssignLead', { repId: 'nobody' }))).toBe('unknown-rep')
  })
})

describe('converting a lead', () => {
  const conversion = { deal: { playbook: { id: 'b2b-device' }, title: '三台机器人' } }

  test('registers the customer and opens the deal, all of the lead’s case', async () => {
    const { application, log } = await withLead({ productLine: 'robots' })
    const answer = await application.convertLead('L-1', conversion, envelope('c-convert'))
    expect(answer).toMatchObject({
      status: 'accepted',
      customerId: deriveId('c-convert', 'customer'),
      dealId: deriveId('c-convert', 'deal'),
    })
    const events = await everything(log)
    const [converted, registered, opened] = events.slice(-3)
    expect(converted).toMatchObject({ type: 'LeadConverted', meta: { commandId: 'c-convert' } })
    expect(registered).toMatchObject({
      type: 'CustomerRegistered',
      data: { leadId: 'L-1', contact: { subject: 'p-1' } },
    })
    expect(opened).toMatchObject({
      type: 'DealOpened',
      data: { leadId: 'L-1', repId: 'rep-1', storeId: 'store-1', source: { channel: 'douyin' }, productLine: 'robots' },
    })
    for (const event of [converted, registered, opened]) {
      expect(event!.meta.caseId).toBe('L-1')
      expect(event!.meta.correlationId).toBe('c-convert')
    }
  })

  test('to a customer who is there already leaves that one as it is', async () => {
    const { application, log } = await withLead()
    await to(application, { category: 'customer', id: 'C-1' })('RegisterCustomer', { organisation: '老客户' })
    const answer = await application.convertLead('L-1', { ...conversion, customerId: 'C-1' }, envelope())
    expect(answer).toMatchObject({ status: 'accepted', customerId: 'C-1', customer: undefined })
    expect(await types(log, 'customer-')).toEqual(['CustomerRegistered'])
  })

  test('writes nothing where the deal could not be opened, or the lead not be converted', async () => {
    const { application, log, tell } = await withLead()
    const before = (await everything(log)).length
    const unknown = { deal: { playbook: { id: 'no-such' } } }
    expect(await application.convertLead('L-1', unknown, envelope())).toMatchObject({
      status: 'refused',
      step: 'deal',
      done: [],
      refusal: { code: 'unknown-playbook' },
    })
    expect(await everything(log)).toHaveLength(before)
    await tell('DisqualifyLead', { reason: 'no budget' })
    expect(await application.convertLead('L-1', conversion, envelope())).toMatchObject({
      step: 'lead',
      refusal: { code: 'not-qualified' },
    })
  })

  test('twice is once, whatever the second id', async () => {
    const { application, log } = await withLead()
    const first = await application.convertLead('L-1', conversion, envelope())
    const before = (await everything(log)).length
    expect(await application.convertLead('L-1', conversion, envelope())).toMatchObject({
      status: 'accepted',
      dealId: first.status === 'accepted' && first.dealId,
    })
    expect(await everything(log)).toHaveLength(before)
  })

  test('is completed by sending it again after a crash at any point', async () => {
    await survivesDeath(withLead, (application) =>
      application.convertLead('L-1', conversion, { ...envelope('c-convert'), occurredAt: now }),
    )
  })
})

describe('merging leads', () => {
  const withTwo = async () => {
    const world = await withLead()
    await to(world.application, lead('L-2'))('CaptureLead', leadData)
    return world
  }

  test('closes the duplicate and tells the survivor; the touches stay', async () => {
    const { application, log } = await withTwo()
    expect(await application.mergeLeads('L-2', 'L-1', envelope())).toMatchObject({
      status: 'accepted',
      duplicate: { events: [{ type: 'LeadMerged', data: { intoLeadId: 'L-1' } }] },
      survivor: { events: [{ type: 'LeadAbsorbed', data: { leadId: 'L-2' } }] },
    })
    expect((await types(log, 'lead-')).slice(-2)).toEqual(['LeadMerged', 'LeadAbsorbed'])
  })

  test('writes nothing where either side refuses', async () => {
    const { application, log } = await withTwo()
    const before = (await everything(log)).length
    for (const [duplicate, survivor, step] of [
      ['L-2', 'L-9', 'duplicate'],
      ['L-9', 'L-1', 'duplicate'],
      ['L-1', 'L-1', 'duplicate'],
    ] as const)
      expect(await application.mergeLeads(duplicate, survivor, envelope())).toMatchObject({ status: 'refused', step })
    expect(await everything(log)).toHaveLength(before)
  })

  test('is completed by sending it again after a crash at any point', async () => {
    await survivesDeath(withTwo, (application) => application.mergeLeads('L-2', 'L-1', envelope('c-merge')))
  })
})

describe('forgetting a person', () => {
  test('destroys the key, says so, and leaves everything else readable', async () => {
    const { application, log } = await withLead()
    const answer = await application.forgetPerson('p-1', 'asked for it', envelope('c-forget'))
    expect(answer).toMatchObject({ status: 'accepted', stream: 'person-p-1', events: [{ type: 'PersonForgotten' }] })
    expect(await application.forgetPerson('p-1', 'asked for it', envelope('c-forget'))).toMatchObject({
      repeated: true,
    })
    expect(await application.forgetPerson('p-1', 'asked again', envelope())).toMatchObject({ events: [] })
    const { state } = await application.shell.load(leadAggregate, 'L-1')
    expect(state).toMatchObject({ lead: { contact: { name: FORGOTTEN }, tags: leadData.tags } })
    expect(code(await to(application, lead('L-2'))('CaptureLead', { ...leadData, contact }))).toBe('subject-forgotten')
    expect((await everything(log)).map((event) => upcast(event).type)).toContain('LeadCaptured')
  })

  test('needs a reason, and without one destroys nothing', async () => {
    const { application, vault } = await withLead()
    expect(code(await application.forgetPerson('p-1', '', envelope()))).toBe('invalid-command')
    expect((await vault.find(['p-1'])).size).toBe(1)
  })

  test('still lets their lead be converted', async () => {
    const { application } = await withLead()
    await application.forgetPerson('p-1', 'asked for it', envelope())
    const conversion = { deal: { playbook: { id: 'b2b-device' } } }
    expect(await application.convertLead('L-1', conversion, envelope())).toMatchObject({ status: 'accepted' })
  })
})

describe('migrating deals', () => {
  const id = 'b2b-device'
  async function withDeals() {
    const world = await foundedLog()
    for (const [dealId, playbook] of [
      ['D-1', id],
      ['D-2', id],
      ['D-3', 'home-improvement'],
    ] as const)
      await to(world.application, deal(dealId))('OpenDeal', { playbook: { id: playbook }, source: { channel: null } })
    const stricter = structuredClone(builtinPlaybooks[id])
    stricter.stages[0]!.entry.evidence.push({ kind: stricter.evidenceKinds[0]!.id, min: 1 })
    const publishes = { ...envelope(), actor: { id: 'hq', role: 'headquarters' } }
    const publish = { type: 'PublishPlaybook', data: { definition: stricter } }
    await world.application.dispatch({ category: 'playbook', id }, publish, publishes)
    return world
  }
  const migration = { playbookId: id, toVersion: 2, dealIds: ['D-1', 'D-2', 'D-3', 'D-9'] }

  test('says first what would be missing, then does it; each deal is answered on its own', async () => {
    const { application, log } = await withDeals()
    const before = (await everything(log)).length
    const tried = await application.migrateDeals({ ...migration, dryRun: true }, envelope())
    expect(await everything(log)).toHaveLength(before)
    const done = await application.migrateDeals(migration, envelope('c-migrate'))
    for (const answers of [tried, done]) {
      expect(answers.map(({ dealId, answer }) => [dealId, code(answer)])).toEqual([
        ['D-1', 'accepted'],
        ['D-2', 'accepted'],
        ['D-3', 'other-playbook'],
        ['D-9', 'deal-not-found'],
      ])
      expect(answers[0]!.missing).toMatchObject([{ gate: 'entry', required: 1, present: 0 }])
    }
    expect((await everything(log)).length).toBe(before + 2)
    expect(await application.migrateDeals(migration, envelope('c-migrate'))).toMatchObject([
      { answer: { repeated: true }, missing: done[0]!.missing },
      { answer: { repeated: true } },
      {},
      {},
    ])
  })
})
