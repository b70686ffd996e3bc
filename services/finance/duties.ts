// Segregation of duties: one prepares, another one approves. Persons count, not their roles.
import { type Actor, type Refusal, refuse } from '@headwater/schema'

/** Refused where the actor is among those who prepared it. */
export function samePerson({ id }: Actor, preparers: ReadonlySet<string>, what: string): Refusal | undefined {
  if (!preparers.has(id)) return undefined
  return refuse('segregation-of-duties', `${id} prepared it and may not ${what}: somebody else has to.`, {
    details: { actor: id, preparers: [...preparers] },
  })
}
