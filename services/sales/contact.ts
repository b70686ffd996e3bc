import { isDeepStrictEqual } from 'node:util'
import { type Contact, isForgotten } from '@headwater/schema'

/** Is there any way to reach somebody: phone, e-mail, WeChat, or through their organisation? */
export const reachable = (contact: Contact | undefined, organisation: string | undefined): boolean =>
  [contact?.phone, contact?.email, contact?.wechat, organisation].some(
    (way) => way !== undefined && !isForgotten(way) && way.trim() !== '',
  )

interface ContactDetails {
  readonly contact?: Contact | undefined
  readonly organisation?: string | undefined
}

/** What a change of contact details changes; undefined where it changes nothing. What is left out stays; a contact is replaced as a whole. */
export function changedContact(wanted: ContactDetails, known: ContactDetails): ContactDetails | undefined {
  const contact = isDeepStrictEqual(plain(wanted.contact ?? known.contact), plain(known.contact))
    ? undefined
    : wanted.contact
  const organisation = wanted.organisation === known.organisation ? undefined : wanted.organisation
  return contact || organisation ? { ...(contact && { contact }), ...(organisation && { organisation }) } : undefined
}

/** Without keys that hold undefined. */
const plain = (contact: Contact | undefined) =>
  Object.fromEntries(Object.entries(contact ?? {}).filter(([, value]) => value !== undefined))
