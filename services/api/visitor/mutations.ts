import { visitor } from '@headwater/sales'
import { builder } from '../shared/builder.ts'
import { defineEnum } from '../shared/enum.ts'
import { type InputFields, idOf } from '../shared/input.ts'
import { defineCommand } from '../shared/mutation.ts'
import { CommandAccepted, type Done, resultOf } from '../shared/result.ts'
import { MoneyInput } from '../shared/values.ts'

const VisitorPayload = builder.objectRef<Done>('VisitorPayload').implement({
  description: 'A command on a visitor was carried out.',
  interfaces: [CommandAccepted],
  fields: (t) => ({
    visitorId: t.string({ description: 'The visitor’s pseudonym.', resolve: ({ key }) => key }),
  }),
})
const onVisitor = { aggregate: visitor, target: 'visitorId', result: resultOf(VisitorPayload) } as const
const who = (t: InputFields) => ({
  visitorId: t.id({
    required: true,
    description: 'A pseudonym: a first-party cookie, a device, the key of another tool. Nothing that tells who it is.',
  }),
})

const ClickIdEnum = defineEnum('ClickId', 'The parameter by which an advertising network marked the link.', {
  gclid: 'Google Ads.',
  msclkid: 'Microsoft Advertising.',
  fbclid: 'Meta.',
  bd_vid: 'Baidu.',
  qz_gdt: 'Tencent Ads.',
  ttclid: 'Douyin and TikTok.',
})

const UtmInput = builder.inputType('UtmInput', {
  description: 'The parameters of a campaign’s link.',
  fields: (t) => ({
    source: t.string({ description: '`utm_source`.' }),
    medium: t.string({ description: '`utm_medium`.' }),
    campaign: t.string({ description: '`utm_campaign`.' }),
    content: t.string({ description: '`utm_content`.' }),
    term: t.string({ description: '`utm_term`.' }),
  }),
})

defineCommand('touchVisitor', {
  ...onVisitor,
  command: 'TouchVisitor',
  description: 'Records that somebody not known yet was met by something of ours, such as a visit of the website.',
  fields: (t) => ({
    ...who(t),
    utm: t.field({ type: UtmInput, description: 'As they stood in the address.' }),
    clickId: t.field({ type: ClickIdEnum, description: 'Which mark of an advertising network the address had.' }),
    referrer: t.string({ description: 'Host of the page that linked here.' }),
    landingPage: t.string({ description: 'The page that was landed on.' }),
    channel: t.string({ description: 'Where it is known; else the link tells.' }),
    campaign: t.string({ description: 'The campaign; `utm_campaign` where it is left out.' }),
    content: t.string({ description: 'The advertisement or content; `utm_content` where it is left out.' }),
    direct: t.boolean({ description: 'Came by themselves; where it is left out, the link tells.' }),
    cost: t.field({ type: MoneyInput, description: 'What it cost.' }),
    system: t.string({ description: 'Where it was recorded first, such as `web`.' }),
  }),
})
defineCommand('identifyVisitor', {
  ...onVisitor,
  command: 'IdentifyVisitor',
  description: 'Says who a visitor is: what they were touched by before belongs to the lead’s or customer’s story.',
  fields: (t) => ({
    ...who(t),
    leadId: idOf(t, 'Lead', 'The lead.'),
    customerId: idOf(t, 'Customer', 'The customer.'),
  }),
})
