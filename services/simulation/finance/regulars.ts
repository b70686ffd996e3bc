// Customers of the first hour: bought from a store's manager a year ago or so, were handed over to a rep, and renew their maintenance.
import { deriveId } from '@headwater/schema'
import { lines } from '../market.ts'
import { companyName, personName, phone } from '../names.ts'
import type { Staff } from '../organisation.ts'
import type { Random } from '../random.ts'
import { DAY, HOUR, type Step } from '../step.ts'
import { type Fact, hundreds } from './contract-story.ts'
import { isKept, ownerships, parted, purchases, renewals, type Setting, tenures } from './customer-story.ts'

/** Their telephone numbers begin here: leads have those before. */
const NUMBERS = 50_000_000

/** Each one's story, as `parted` gives it. @param perStore how many there are in a store, about */
export function* regularCustomers(setting: Setting, perStore: number, random: Random): Generator<Step[][]> {
  const { from, staff } = setting
  let n = 0
  for (const store of staff.stores) {
    const chance = random.fork(store.id)
    const [earliest, latest] = [Math.max(store.opened + 5 * DAY, from - 380 * DAY), from - 200 * DAY]
    const count = earliest < latest ? chance.count(perStore) : 0
    for (let i = 0; i < count; i++) yield regular(n++, i, store, chance.between(earliest, latest), setting, chance)
  }
}

/** @param turn which of the store's customers it is: its reps take them over in turn */
function regular(
  n: number,
  turn: number,
  store: Staff['stores'][number],
  at: number,
  setting: Setting,
  random: Random,
): Step[][] {
  const { from, staff, prefix } = setting
  const line = random.weighted(lines)
  const name = `R${String(n + 1).padStart(4, '0')}`
  const customerId = deriveId(`${prefix}.${name}`, 'customer')
  const handedOver = from - random.between(1, 9) * DAY
  const reps = staff.inStore(store.id, handedOver)
  const heir = reps.length > 0 ? [{ from: handedOver, rep: reps[turn % reps.length]!, store: store.id }] : []
  const customer = {
    ...{ customerId, name, line, productLine: random.weighted(line.productLines).id },
    owners: [
      { from: at, rep: store.manager, store: store.id },
      ...heir.flatMap((rep) => tenures(rep, setting, random)),
    ],
  }
  const first = { at, value: hundreds(random.logNormal(line.value, 0.5) * 100) }
  const registered: Fact = {
    ...{ at: at - HOUR, actor: { id: store.manager, role: 'store-manager' }, stream: ['customer', customerId] },
    type: 'RegisterCustomer',
    data: {
      contact: { subject: `person-${name}`, name: personName(random), phone: phone(NUMBERS + n, random) },
      organisation: line.playbook === 'b2b-device' ? companyName(NUMBERS + n, random) : undefined,
    },
  }
  const bought = purchases(customer, first, setting, random)
  const renewed = isKept(bought) ? renewals(customer, first, setting, random) : []
  return parted([registered, ...ownerships(customer, setting), ...bought, ...renewed], setting, name)
}
