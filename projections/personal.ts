// Personal fields stay sealed in the tables; whoever may show them opens them here, with the keys that are still there.
import type { KeyVault } from '@headwater/infra/ports'
import {
  Contact,
  type EventOf,
  type InStoredForm,
  openData,
  personal,
  type RepHired,
  subjectsOf,
} from '@headwater/schema'
import { z } from 'zod'

/** A contact as the log holds it: `subject` in the clear, everything else sealed. */
export type SealedContact = InStoredForm<Contact>
/** A rep's name as the log holds it. */
export type SealedPerson = Pick<InStoredForm<EventOf<[typeof RepHired]>['data']>, 'subject' | 'name'>

// A seal is bound to the field's path in the event, so each value is opened in the shape it had there.
const ContactHolder = z.object({ contact: Contact })
const Person = z.object({ subject: z.string(), name: personal(z.string()) })
export type Person = z.infer<typeof Person>

/** Contacts with their values, or `Forgotten` in their place; one look-up of keys for all. @throws SealBroken */
export async function openContacts(vault: KeyVault, contacts: readonly SealedContact[]): Promise<Contact[]> {
  const stored = contacts.map((contact) => ({ contact }))
  return (await open(vault, ContactHolder, stored)).map(({ contact }) => contact)
}

/** Names of reps, or `Forgotten` in their place; one look-up of keys for all. @throws SealBroken */
export function openPersons(vault: KeyVault, persons: readonly SealedPerson[]): Promise<Person[]> {
  return open(vault, Person, persons)
}

async function open<T>(vault: KeyVault, schema: z.ZodType<T>, stored: readonly unknown[]): Promise<T[]> {
  const keys = await vault.find([...new Set(stored.flatMap((data) => subjectsOf(schema, data)))])
  return stored.map((data) => openData(schema, data, keys) as T)
}
