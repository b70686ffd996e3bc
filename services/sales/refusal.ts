import { type Actor, type Refusal, refuse } from '@headwater/schema'

const waivers: readonly string[] = ['service', 'administrator', 'import']

/** Conditions are waived for machines and administrators only: a waiver of a sales rep would make every gate a formality. */
export function waiverProblem(waive: boolean | undefined, actor: Actor): Refusal | undefined {
  if (!waive || waivers.includes(actor.role)) return undefined
  return refuse('waiver-not-allowed', `The role ${actor.role} may not waive conditions; ${waivers.join(', ')} may.`, {
    details: { role: actor.role, allowed: waivers },
  })
}

/** Where a rep works at the time of the command; undefined for somebody unknown or not employed then. */
export type Placement = { readonly storeId: string | null; readonly regionId: string | null } | undefined

/** Quoted, comma-separated. */
export const listed = (items: readonly string[]): string =>
  items.length === 0 ? 'nothing' : items.map((item) => `"${item}"`).join(', ')

export const unknownRep = (repId: string, at: string): Refusal =>
  refuse('unknown-rep', `Nobody with the id ${repId} works here at ${at}.`, { details: { repId, at } })

export const repWithoutStore = (repId: string): Refusal =>
  refuse('rep-without-store', `${repId} belongs to no store: choose somebody who does.`, { details: { repId } })
