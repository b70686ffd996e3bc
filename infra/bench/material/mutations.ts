// What people of a sales organisation do all day, as GraphQL mutations; and the deals and leads that they do it with.
import type { Headwater } from '@headwater/runtime'
import { deal, lead, playbook } from '@headwater/sales'
import { newId } from '@headwater/schema'
import type { AnyAggregate, Item } from '@headwater/shell'

const actor = { id: 'bench', role: 'administrator' }
const source = { channel: 'wechat', campaign: 'spring' }
const tags = { type: 'enterprise', region: 'hubei', firstContactChannel: 'wechat' }
const named = (id: string) => ({ id, name: { en: id, 'zh-CN': id } })
const definition = {
  name: named('bench').name,
  calendar: { zone: 'Asia/Shanghai', week: { mon: [{ from: '09:00', to: '18:00' }] } },
  stages: ['contact', 'design', 'quote', 'contract'].map((id) => ({
    ...named(id),
    exit: { evidence: [{ kind: 'plan' }], fields: ['budget'] },
  })),
  evidenceKinds: [named('plan')],
  fields: [{ ...named('budget'), type: 'number' }],
}

/** Numbers of the deals and leads that each kind of mutation has for itself, each used once. */
export interface Stock {
  readonly deals: number
  readonly leads: number
}

export const dealId = (n: number) => `D-${n}`
export const leadId = (n: number) => `L-${n}`

/** A playbook with gates, deals some way through it, and leads. */
export async function stock({ application: { shell } }: Headwater, { deals, leads }: Stock): Promise<void> {
  const send = async (aggregate: AnyAggregate, id: string, ...commands: Item['command'][]) => {
    const items = commands.map((command) => ({ command, envelope: { commandId: newId(), actor } }))
    for (const answer of await shell.executeAll(aggregate, id, items))
      if (answer.status === 'refused') throw new Error(answer.refusal.message)
  }
  await send(playbook, 'bench', { type: 'PublishPlaybook', data: { definition } })
  const chat = (note: string) => ({ type: 'LogDealActivity', data: { kind: 'chat', note } })
  await Promise.all([
    ...Array.from({ length: deals }, (_, n) =>
      send(
        deal,
        dealId(n),
        { type: 'OpenDeal', data: { playbook: { id: 'bench' }, source } },
        chat('asked for a design'),
        { type: 'SetDealFields', data: { fields: { budget: 80_000 } } },
        { type: 'AttachEvidence', data: { kind: 'plan' } },
        chat('will come on Sunday'),
      ),
    ),
    ...Array.from({ length: leads }, (_, n) =>
      send(lead, leadId(n), { type: 'CaptureLead', data: { organisation: `Company ${n}`, tags, source } }),
    ),
  ])
}

/** A mutation that answers with what it has changed, as a front end asks for it: as soon as that can be seen. */
interface Kind {
  readonly name: string
  readonly shows: 'deal' | 'lead'
  /** `n` counts the mutations of this kind. */
  readonly input: (n: number, stock: Stock) => object
}

/** Each kind has a part of the deals to itself, so that none waits for another one's command. */
const KINDS: readonly Kind[] = [
  { name: 'advanceDeal', shows: 'deal', input: (n) => ({ dealId: dealId(3 * n) }) },
  {
    name: 'attachEvidence',
    shows: 'deal',
    input: (n) => ({
      dealId: dealId(3 * n + 1),
      kind: 'plan',
      file: { sha256: 'ab'.repeat(32), name: 'plan.pdf', mediaType: 'application/pdf', bytes: 90_000 },
    }),
  },
  {
    name: 'setDealFields',
    shows: 'deal',
    input: (n) => ({ dealId: dealId(3 * n + 2), fields: [{ field: 'budget', value: { number: n } }] }),
  },
  {
    name: 'captureLead',
    shows: 'lead',
    input: (n) => ({ leadId: `new-${n}`, contact: { name: `Person ${n}`, phone: phone(n) }, tags, source }),
  },
  {
    name: 'touchLead',
    shows: 'lead',
    input: (n, { leads }) => ({ leadId: leadId(n % leads), direction: 'INBOUND', source }),
  },
]

const phone = (n: number) => `+86138${String(n).padStart(8, '0')}`

/** How many mutations of all kinds there is stock for. */
export const enough = (mutations: number): Stock => {
  const each = Math.ceil(mutations / KINDS.length)
  return { deals: 3 * each, leads: each }
}

const shown = {
  deal: 'deal { id revision stage fields { field } evidence { kind } }',
  lead: 'lead { id revision status source { channel } }',
}

/** The request of the n-th mutation, all kinds in turn, and the id of what it must show. */
export function mutation(n: number, stock: Stock): { readonly body: string; readonly id: string } {
  const { name, shows, input } = KINDS[n % KINDS.length]!
  const Name = `${name[0]!.toUpperCase()}${name.slice(1)}`
  const Payload = shows === 'deal' ? 'DealPayload' : 'LeadPayload'
  const query = `mutation ${Name} ($input: ${Name}Input!) {
    it: ${name}(input: $input) { ... on ${Payload} { stream revision it: ${shown[shows]} } ... on CommandRefused { code message } }
  }`
  const variables = { input: { commandId: newId(), ...input(Math.floor(n / KINDS.length), stock) } }
  const { dealId, leadId } = variables.input as { dealId?: string; leadId?: string }
  return {
    body: JSON.stringify({ query, variables }),
    id: dealId ? `Deal/${dealId}` : `Lead/${leadId}`,
  }
}
