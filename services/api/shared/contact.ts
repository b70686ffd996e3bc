// Personal data on the wire: opened where the person is known, marked where the person was forgotten.
import type { Contact, Forgotten } from '@headwater/schema'
import { isForgotten } from '@headwater/schema'
import { builder } from './builder.ts'

export const PersonalText = builder.objectRef<string | Forgotten>('PersonalText').implement({
  description: 'A text that is personal data.',
  fields: (t) => ({
    value: t.string({
      nullable: true,
      description: 'The text; null when the person was forgotten.',
      resolve: (text) => (isForgotten(text) ? null : text),
    }),
    forgotten: t.boolean({
      description: 'True when the person was forgotten: nobody can read the text any more.',
      resolve: isForgotten,
    }),
  }),
})

const fields = ['name', 'phone', 'email', 'wechat'] as const
const means = {
  name: 'How the person is called.',
  phone: 'Telephone number.',
  email: 'E-mail address.',
  wechat: 'WeChat id.',
}

export const ContactRef = builder.objectRef<Contact>('Contact').implement({
  description: 'How to reach a person. Each field is null where it was never given.',
  fields: (t) => ({
    subject: t.exposeString('subject', { description: 'The person’s id: hand it to `forgetPerson`.' }),
    ...Object.fromEntries(
      fields.map((name) => [
        name,
        t.field({
          type: PersonalText,
          nullable: true,
          description: means[name],
          resolve: (contact) => contact[name],
        }),
      ]),
    ),
  }),
})

export const ContactInput = builder.inputType('ContactInput', {
  description: 'How to reach a person. It is stored encrypted with a key of the person’s own.',
  fields: (t) => ({
    subject: t.string({
      description: 'The person’s id. Where it is left out, the lead or customer stands for a person of its own.',
    }),
    name: t.string({ description: means.name }),
    phone: t.string({ description: `${means.phone} Normalised to find duplicates.` }),
    email: t.string({ description: means.email }),
    wechat: t.string({ description: means.wechat }),
  }),
})
