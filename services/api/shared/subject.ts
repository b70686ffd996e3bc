import { deriveId } from '@headwater/schema'
import type { About } from './mutation.ts'

type Data = Readonly<Record<string, unknown>>

/** A contact that names no person is of the person known so far, or of one that is the lead's or customer's own. */
export function withSubject(input: Data, { target }: About, known?: string | null): Data {
  if (!input.contact) return input
  return { ...input, contact: { subject: known ?? deriveId(target, 'subject'), ...(input.contact as object) } }
}
