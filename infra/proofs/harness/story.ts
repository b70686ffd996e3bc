// What writers do: each tells cases of its own, from lead to deal, and all of them touch one lead that they share.
import type { Application } from '@headwater/application'
import type { Accepted, Answer } from '@headwater/shell'

const actor = { id: 'hq', role: 'headquarters' }
const source = { channel: 'proof' }
const tags = { type: 'enterprise', region: 'hubei', firstContactChannel: 'proof' }

const definition = {
  name: { en: 'Proof', 'zh-CN': '证明' },
  calendar: { zone: 'UTC', week: { mon: [{ from: '09:00', to: '17:00' }] } },
  stages: ['first', 'second', 'third'].map((id) => ({ id, name: { en: id, 'zh-CN': id } })),
}

/** What a case must have, once: a playbook, and the lead that all writers share. */
export async function found(application: Application): Promise<void> {
  const publish = { type: 'PublishPlaybook', data: { definition } }
  taken(await application.dispatch({ category: 'playbook', id: 'proof' }, publish, envelope('founding-playbook')))
  const capture = { type: 'CaptureLead', data: { organisation: 'All', tags, source } }
  taken(await application.dispatch({ category: 'lead', id: 'shared' }, capture, envelope('founding-lead')))
}

/** The n-th command of a writer: always the same under the same id, so that it can be sent again. */
export async function tell(application: Application, writer: string, n: number): Promise<readonly Accepted[]> {
  const id = `${writer}-${Math.floor(n / steps.length)}`
  return steps[n % steps.length]!(application, id, envelope(commandIdOf(writer, n)))
}

export const commandIdOf = (writer: string, n: number) => `${writer}:${n}`

type Envelope = ReturnType<typeof envelope>
type Step = (application: Application, id: string, envelope: Envelope) => Promise<readonly Accepted[]>

const toLead =
  (type: string, data: (id: string) => object, target = (id: string) => id): Step =>
  async (application, id, envelope) => [
    taken(await application.dispatch({ category: 'lead', id: target(id) }, { type, data: data(id) }, envelope)),
  ]

const convert = async (application: Application, id: string, convertUnder: Envelope) => {
  const answer = await application.convertLead(id, { deal: { playbook: { id: 'proof' } } }, convertUnder)
  if (answer.status === 'refused') throw new Error(`${id} was refused: ${answer.refusal.message}`)
  return answer
}

const steps: readonly Step[] = [
  toLead('CaptureLead', (id) => ({
    contact: { subject: `person-${id}`, name: id, phone: `+86138${id.replace(/\D/g, '').padStart(8, '0')}` },
    tags,
    source,
  })),
  toLead('TouchLead', () => ({ direction: 'inbound', ...source })),
  toLead(
    'TouchLead',
    () => ({ direction: 'outbound', ...source }),
    () => 'shared',
  ),
  toLead('QualifyLead', () => ({})),
  async (application, id, envelope) => {
    const { lead, customer, deal } = await convert(application, id, envelope)
    return [lead, ...(customer ? [customer] : []), deal]
  },
  async (application, id, advanceUnder) => {
    // Converting again tells which deal it was.
    const { dealId } = await convert(application, id, envelope(precedingId(advanceUnder.commandId)))
    const target = { category: 'deal', id: dealId }
    return [taken(await application.dispatch(target, { type: 'AdvanceDeal', data: {} }, advanceUnder))]
  },
]

const precedingId = (commandId: string) => commandId.replace(/\d+$/, (n) => String(Number(n) - 1))

function envelope(commandId: string) {
  return { commandId, actor }
}

function taken(answer: Answer): Accepted {
  if (answer.status === 'refused') throw new Error(`${answer.refusal.code}: ${answer.refusal.message}`)
  return answer
}
