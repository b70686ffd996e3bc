import { customerEvents } from './customer.ts'
import { dealEvents } from './deal.ts'
import type { EventDefinition, EventOf } from './define.ts'
import { leadEvents } from './lead.ts'
import { organisationEvents } from './organisation.ts'
import { platformEvents } from './platform.ts'
import { playbookEvents } from './playbook.ts'

const all = [
  ...organisationEvents,
  ...playbookEvents,
  ...leadEvents,
  ...customerEvents,
  ...dealEvents,
  ...platformEvents,
] as const

/** Any event of the business. */
export type DomainEvent = EventOf<typeof all>

/** Every event type that was ever written, by name. */
export const eventDefinitions: ReadonlyMap<string, EventDefinition> = new Map(all.map((d) => [d.type, d]))
