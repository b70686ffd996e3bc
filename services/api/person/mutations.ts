import { builder } from '../shared/builder.ts'
import { idOf } from '../shared/input.ts'
import { defineMutation } from '../shared/mutation.ts'
import { CommandAccepted, type Done, resultOf, shown } from '../shared/result.ts'

const ForgetPersonPayload = builder.objectRef<Done>('ForgetPersonPayload').implement({
  description: 'The person is forgotten: the key of what was known of them is destroyed, for good.',
  interfaces: [CommandAccepted],
  fields: (t) => ({ subject: t.exposeString('key', { description: 'The person’s id.' }) }),
})

defineMutation('forgetPerson', {
  description: 'Forgets a person: names, numbers and addresses become unreadable everywhere. Events and figures stay.',
  fields: (t) => ({
    subject: idOf(t, 'Person', 'The person’s id, as `Contact.subject` and `Rep.subject` show it.', { required: true }),
    reason: t.string({ required: true, description: 'Why, in a few words; without personal data.' }),
  }),
  result: resultOf(ForgetPersonPayload),
  run: async (input, envelope, { application }) => {
    const { subject, reason } = input as { subject: string; reason: string }
    return shown(await application.forgetPerson(subject, reason, envelope), subject)
  },
})
