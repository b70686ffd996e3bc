import { leadById } from '@headwater/projections'
import { newId } from '@headwater/schema'
import type { Answer } from './answer.ts'
import { operator, withSession } from './session.ts'
import { ExitCode, Failure } from './terminal/failure.ts'

export interface ForgetOptions {
  readonly lead?: string
  readonly reason: string
}

export function forget(subject: string | undefined, { lead, reason }: ForgetOptions): Promise<Answer> {
  if ((subject === undefined) === (lead === undefined))
    throw new Failure('name either the data subject or --lead', ExitCode.usage)
  return withSession(async ({ application, db, readModels, viewer }) => {
    const person = subject ?? (await personOf(lead!))
    const answer = await application.forgetPerson(person, reason, { commandId: newId(), actor: operator })
    if (answer.status === 'refused') throw new Failure(answer.refusal.message)
    await readModels.catchUp()
    const already = answer.events.length === 0
    return {
      json: { subject: person, already },
      text: () =>
        already
          ? `${person} was forgotten before`
          : `${person} is forgotten: the personal data cannot be read any more`,
    }

    async function personOf(id: string): Promise<string> {
      const row = await leadById(db, viewer, id)
      if (!row) throw new Failure(`there is no lead ${id}`)
      if (row.subject === null) throw new Failure(`lead ${id} names no person`)
      return row.subject
    }
  })
}
