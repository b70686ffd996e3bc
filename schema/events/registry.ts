import { attributionEvents } from './attribution.ts'
import { coachingCaseEvents, coachingPolicyEvents } from './coaching.ts'
import { commissionPlanEvents } from './commission-plan.ts'
import { contractEvents } from './contract.ts'
import { customerEvents } from './customer.ts'
import { dealEvents } from './deal.ts'
import type { EventDefinition, EventOf } from './define.ts'
import { leadEvents } from './lead.ts'
import { ledgerEvents } from './ledger.ts'
import { organisationEvents } from './organisation.ts'
import { deviceEvents, personEvents } from './platform.ts'
import { playbookEvents } from './playbook.ts'
import { visitorEvents } from './visitor.ts'

/** The events of each kind of stream. */
const byCategory = {
  organisation: organisationEvents,
  playbook: playbookEvents,
  visitor: visitorEvents,
  lead: leadEvents,
  customer: customerEvents,
  deal: dealEvents,
  contract: contractEvents,
  plan: commissionPlanEvents,
  ledger: ledgerEvents,
  coachingPolicy: coachingPolicyEvents,
  coachingCase: coachingCaseEvents,
  attribution: attributionEvents,
  person: personEvents,
  device: deviceEvents,
} as const

/** Any event of the business. */
export type DomainEvent = { [C in keyof typeof byCategory]: EventOf<(typeof byCategory)[C]> }[keyof typeof byCategory]

/** Every event type that was ever written, by name. */
export const eventDefinitions: ReadonlyMap<string, EventDefinition> = new Map(
  Object.values(byCategory).flatMap((events) => events.map((definition) => [definition.type, definition])),
)

/** The kind of stream that an event belongs in, by the event's type. */
export const eventCategories: ReadonlyMap<string, string> = new Map(
  Object.entries(byCategory).flatMap(([category, events]) => events.map(({ type }) => [type, category])),
)
