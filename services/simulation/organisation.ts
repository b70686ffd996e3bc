// The simulated organisation: who opens, is hired, moves, is promoted and leaves, and who is on duty where on any date.
import { localDate } from '@headwater/schema'
import type { SimulationSize } from './identity.ts'
import { personName, regionName, storeName } from './names.ts'
import type { Random } from './random.ts'
import { DAY, HOUR, Story } from './step.ts'

type OrganisationSize = Pick<SimulationSize, 'regions' | 'stores' | 'reps'>

interface Person {
  readonly id: string
  /** Where the person works, from when on; the last place is undefined once they have left. Milliseconds. */
  readonly places: { readonly from: number; readonly store: string | undefined }[]
}

interface Store {
  readonly id: string
  /** Index of the region it opened in. */
  readonly region: number
  /** When it opened (milliseconds). */
  readonly opened: number
  readonly manager: string
}

export interface Staff {
  readonly regions: readonly string[]
  /** Ids of the reps who work in a region's stores at `at` (milliseconds). */
  onDuty(region: string, at: number): readonly string[]
  /** When this rep leaves, if ever (milliseconds). */
  leaves(rep: string): number | undefined
  /** When this rep next moves or leaves, if ever, after a moment (milliseconds). */
  changes(rep: string, after: number): number | undefined
  readonly stores: readonly { readonly id: string; readonly opened: number; readonly manager: string }[]
  managerOf(store: string): string
  /** Where a rep works at `at` (milliseconds), if anywhere. */
  storeOf(rep: string, at: number): string | undefined
  /** The stage, counted from 0, in which the rep's store at `at` (milliseconds) loses far more deals than others do. */
  weakness(rep: string, at: number): number | undefined
  /** Ids of the reps who work in a store at `at` (milliseconds). */
  inStore(store: string, at: number): readonly string[]
}

/** Held by some reps: commission plans may pay an allowance for it. */
export const CERTIFICATE = 'designer'
const CERTIFIED = 0.25
/** Of so many stores one does badly, in one of the first two stages. */
const WEAK_EVERY = 20

export const headquarters = { id: 'hq-1', role: 'headquarters' }
const number = (n: number, digits: number) => String(n + 1).padStart(digits, '0')

/** The house is built by `from`; some changes happen between `from` and `until` (milliseconds). */
export function organise(
  size: OrganisationSize,
  from: number,
  until: number,
  random: Random,
  prefix: string,
): { story: Story; staff: Staff } {
  const told: { at: number; type: string; data: Record<string, unknown> }[] = []
  const tell = (at: number, type: string, data: Record<string, unknown>) => told.push({ at, type, data })
  const founded = morning(from - 400 * DAY)

  const reps = new Map<string, Person>()
  let hired = 0
  const hireRep = (at: number, store: Store) => {
    const id = `rep-${number(hired++, 3)}`
    tell(at, 'HireRep', {
      repId: id,
      name: personName(random),
      position: 'rep',
      storeId: store.id,
      superiorId: store.manager,
    })
    reps.set(id, { id, places: [{ from: at, store: store.id }] })
    return id
  }
  const hireManager = (at: number, id: string, position: string, superiorId: string | null, storeId: string | null) => {
    tell(at, 'HireRep', { repId: id, name: personName(random), position, storeId, superiorId })
    return id
  }

  hireManager(founded, headquarters.id, 'headquarters', null, null)
  const regions = Array.from({ length: size.regions }, (_, r) => {
    const id = `region-${r + 1}`
    tell(founded + HOUR, 'OpenRegion', { regionId: id, name: regionName(r) })
    hireManager(founded + 2 * HOUR, `rm-${r + 1}`, 'regional-manager', headquarters.id, null)
    return id
  })
  const stores: Store[] = Array.from({ length: size.stores }, (_, s) => {
    const region = s % size.regions
    const opened = morning(founded + random.between(3, 200) * DAY)
    const id = `store-${number(s, 2)}`
    tell(opened, 'OpenStore', {
      storeId: id,
      regionId: regions[region],
      name: storeName(region, Math.floor(s / size.regions)),
    })
    return {
      id,
      region,
      opened,
      manager: hireManager(opened + HOUR, `sm-${number(s, 2)}`, 'store-manager', `rm-${region + 1}`, id),
    }
  })
  for (let i = 0; i < size.reps; i++)
    hireRep(morning(founded + random.between(210, 390) * DAY), stores[i % stores.length]!)

  /** A working morning inside the story's days. */
  const someDay = () => morning(random.between(from + 0.1 * (until - from), from + 0.85 * (until - from)))
  const settled = [...reps.values()]
  const changing = shuffled(settled, random)

  for (let i = 0; i < Math.ceil(size.reps / 50); i++) {
    const leaver = changing.pop()
    if (!leaver) break
    const at = someDay()
    const store = stores.find(({ id }) => id === leaver.places[0]!.store)!
    tell(at, 'RepLeaves', { repId: leaver.id })
    leaver.places.push({ from: at, store: undefined })
    hireRep(at + 5 * DAY, store)
  }
  for (let i = 0; i < Math.ceil(size.reps / 25); i++) {
    const mover = changing.pop()
    if (!mover) break
    const home = stores.find(({ id }) => id === mover.places[0]!.store)!
    const others = stores.filter((store) => store.region === home.region && store !== home)
    if (others.length === 0) continue
    const [at, to] = [someDay(), random.pick(others)]
    tell(at, 'MoveRep', { repId: mover.id, toStoreId: to.id })
    tell(at + HOUR, 'ChangeSuperior', { repId: mover.id, toSuperiorId: to.manager })
    mover.places.push({ from: at, store: to.id })
  }
  // One store changes its region, and its manager the superior.
  const moving = size.regions > 1 ? stores[stores.length - 1]! : undefined
  const movedAt = someDay()
  const newRegion = moving ? (moving.region + 1) % size.regions : 0
  if (moving) {
    tell(movedAt, 'MoveStore', { storeId: moving.id, toRegionId: regions[newRegion] })
    tell(movedAt + HOUR, 'ChangeSuperior', { repId: moving.manager, toSuperiorId: `rm-${newRegion + 1}` })
  }
  const regionOf = (store: Store, at: number) => (store === moving && at >= movedAt ? newRegion : store.region)

  const certified = random.fork('certificates')
  for (const { id, places } of reps.values())
    if (certified.chance(CERTIFIED)) {
      const date = localDate(places[0]!.from, 'Asia/Shanghai')
      tell(places[0]!.from + HOUR, 'CertifyRep', { repId: id, certificate: CERTIFICATE, from: date })
    }

  const story = new Story(prefix, until)
  for (const { at, type, data } of told.sort((a, b) => a.at - b.at))
    story.tell(at, headquarters, ['organisation', 'main'], type, data)

  const placeAt = (person: Person, at: number) => person.places.findLast((place) => place.from <= at)?.store
  const storeById = new Map(stores.map((store) => [store.id, store]))
  const weak = new Map(stores.filter((_, n) => n % WEAK_EVERY === 4).map(({ id }, n) => [id, n % 2]))
  const dutyAt = (at: number) => {
    const duty = new Map(regions.map((region): [string, string[]] => [region, []]))
    for (const person of reps.values()) {
      const store = placeAt(person, at)
      if (store !== undefined) duty.get(regions[regionOf(storeById.get(store)!, at)]!)!.push(person.id)
    }
    return duty
  }
  // Nothing changes between two of these: each such time is worked out once, when it is first asked for.
  const times = Float64Array.from([...reps.values()].flatMap(({ places }) => places.map(({ from }) => from))).sort()
  const duties = new Map<number, ReturnType<typeof dutyAt>>()
  return {
    story,
    staff: {
      regions,
      onDuty(region, at) {
        const time = Math.max(before(times, at), moving && at >= movedAt ? movedAt : Number.NEGATIVE_INFINITY)
        const duty = duties.get(time) ?? dutyAt(time)
        duties.set(time, duty)
        return duty.get(region) ?? []
      },
      leaves: (rep) => reps.get(rep)?.places.find(({ store }) => store === undefined)?.from,
      changes: (rep, after) => reps.get(rep)?.places.find(({ from }) => from > after)?.from,
      stores,
      managerOf: (store) => storeById.get(store)!.manager,
      storeOf: (rep, at) => placeAt(reps.get(rep)!, at),
      weakness: (rep, at) => weak.get(placeAt(reps.get(rep)!, at) ?? ''),
      inStore: (store, at) => [...reps.values()].filter((rep) => placeAt(rep, at) === store).map(({ id }) => id),
    },
  }
}

/** The last of the times that is not after `at`; −∞ where there is none. */
function before(times: Float64Array, at: number): number {
  let [from, to] = [0, times.length]
  while (from < to) {
    const middle = (from + to) >>> 1
    if (times[middle]! <= at) from = middle + 1
    else to = middle
  }
  return times[from - 1] ?? Number.NEGATIVE_INFINITY
}

/** 9 o'clock in Shanghai on the day of `at`. */
const morning = (at: number) => Math.floor((at + 8 * HOUR) / DAY) * DAY + HOUR

function shuffled<T>(list: readonly T[], random: Random): T[] {
  return list
    .map((item) => ({ item, order: random.number() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item)
}
