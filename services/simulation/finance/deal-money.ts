// What a deal that was won brings: its customer gets an owner, its contract is signed and paid.
import { type Money, msOf } from '@headwater/schema'
import type { Line } from '../market.ts'
import type { Random } from '../random.ts'
import { DAY, type Step } from '../step.ts'
import { ownerships, parted, purchases, type Setting, tenures } from './customer-story.ts'

export interface WonDeal {
  readonly dealId: string
  readonly customerId: string
  /** The lead's id. */
  readonly name: string
  readonly line: Line
  readonly productLine: string
}

/** As `parted` gives it. @param last of the deal's steps: nothing follows unless that won it */
export function dealMoney(deal: WonDeal, last: Step | undefined, setting: Setting, random: Random): Step[][] {
  if (last?.command.type !== 'WinDeal' || last.refused !== undefined) return []
  const won = msOf(last.envelope.occurredAt)
  const rep = last.envelope.actor.id
  const store = setting.staff.storeOf(rep, won)
  if (store === undefined) return []
  const customer = { ...deal, owners: tenures({ from: won, rep, store }, setting, random) }
  const { amount: value } = last.command.data.value as Money
  const first = { dealId: deal.dealId, at: won + random.between(0.02, 1.5) * DAY, value }
  return parted([...ownerships(customer, setting), ...purchases(customer, first, setting, random)], setting, deal.name)
}
