import type { KeyVault } from '@headwater/infra/ports'
import type { Answer, CommandEnvelope, Shell } from '@headwater/shell'
import { person } from './person.ts'

/** Destroys a person's key, then says so in `person-<subject>`. A crash in between leaves a person without key: send it again. */
export async function forgetPerson(
  { shell, vault }: { readonly shell: Shell; readonly vault: KeyVault },
  subject: string,
  reason: string,
  envelope: CommandEnvelope,
): Promise<Answer> {
  const command = { type: 'ForgetPerson', data: { reason } }
  const tried = await shell.preview(person, subject, command, envelope)
  if (tried.status === 'refused') return tried
  await vault.destroy(subject)
  return shell.execute(person, subject, command, envelope)
}
