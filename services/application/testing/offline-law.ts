// The law of offline batches: for one order of first arrivals, any chunking and any resending, interleaved anyhow, give the same log and answers.
import type { EventLog, KeyVault } from '@headwater/infra/ports'
import fc from 'fast-check'
import type { Application, OfflineAnswer, OfflineItem } from '../index.ts'
import { actor, foundedLog, leadData, now, story } from './world.ts'

export interface Arrival {
  readonly device: string
  readonly item: OfflineItem
}
export interface Batch {
  readonly device: string
  readonly items: readonly OfflineItem[]
}

/** What a lead may be told, in an order that is often refused. */
const capture = { type: 'CaptureLead', data: leadData }
const commands = [
  capture,
  capture,
  capture,
  { type: 'TouchLead', data: { channel: 'wechat', direction: 'inbound' } },
  { type: 'QualifyLead', data: {} },
  { type: 'AssignLead', data: { repId: 'rep-1' } },
  { type: 'DisqualifyLead', data: { reason: 'no budget' } },
  { type: 'ConvertLead', data: {} },
  { type: 'TagLead', data: { tags: 'none' } },
]

const places = [...Array(9).keys()]

/**
 * Items of two devices in the order in which they first arrive: mostly each number once, in any order; some missing, some by two commands, and some
 * commands under two numbers. `shared`: both devices work on the same leads.
 */
export const arrivals = (shared: boolean): fc.Arbitrary<readonly Arrival[]> =>
  fc
    .record({
      count: fc.integer({ min: 1, max: places.length }),
      facts: fc.array(
        fc.record({
          device: fc.constantFrom('phone', 'tablet'),
          lead: fc.nat(1),
          command: fc.constantFrom(...commands),
          occurredAt: fc.constantFrom(...Array<string>(8).fill(now), '2027-01-01T00:00:00.000Z', 'yesterday'),
        }),
        { minLength: places.length, maxLength: places.length },
      ),
      order: fc.oneof(fc.constant(places), fc.shuffledSubarray(places, { minLength: places.length })),
      renumbered: fc.dictionary(fc.constantFrom('0', '1', '2', '3'), fc.integer({ min: -1, max: 6 }), { maxKeys: 1 }),
      again: fc.array(fc.nat(8), { maxLength: 2 }),
    })
    .map(({ count, facts, order, renumbered, again }) => {
      const last = new Map<string, number>()
      const sent = facts.slice(0, count).map(({ device, lead, command, occurredAt }, i): Arrival => {
        const counted = (last.get(device) ?? 0) + 1
        last.set(device, counted)
        const target = { category: 'lead', id: shared ? `L-${lead}` : `L-${device}-${lead}` }
        const sequence = renumbered[i] ?? counted
        return { device, item: { sequence, commandId: `${device}-${i}`, target, command, occurredAt } }
      })
      const inOrder = order.flatMap((i) => sent[i] ?? [])
      const otherwise = again.flatMap((i) => inOrder[i] ?? [])
      return [
        ...inOrder,
        ...otherwise.map(({ device, item }) => ({ device, item: { ...item, sequence: item.sequence + 1 } })),
      ]
    })

/** Batches with the given first arrivals: cut anywhere, and with anything of the same device that has arrived sent again anywhere. */
export const chunked = (first: readonly Arrival[]): fc.Arbitrary<readonly Batch[]> =>
  fc
    .array(fc.record({ cut: fc.boolean(), resend: fc.array(fc.nat(), { maxLength: 3 }), alone: fc.boolean() }), {
      minLength: first.length,
      maxLength: first.length,
    })
    .map((plan) => {
      const batches: { device: string; items: OfflineItem[] }[] = []
      first.forEach(({ device, item }, i) => {
        const { cut, resend, alone } = plan[i]!
        const arrived = first.slice(0, i + 1).filter((other) => other.device === device)
        const old = resend.map((n) => arrived[n % arrived.length]!.item)
        const open = batches.at(-1)
        if (open?.device === device && !cut) open.items.push(item)
        else batches.push({ device, items: [item] })
        if (alone) batches.push({ device, items: old })
        else batches.at(-1)!.items.push(...old)
      })
      return batches
    })

export const submit = (application: Application, { device, items }: Batch) =>
  application.submitOfflineBatch(device, items, actor)

/** Every item once more: what each device is told in the end. */
export async function finalAnswers(application: Application, first: readonly Arrival[]): Promise<object[]> {
  const answers: OfflineAnswer[] = []
  for (const { device, item } of first) answers.push(...(await submit(application, { device, items: [item] })))
  return answers
}

/** The story that the arrivals make when each comes alone and once. */
export async function reference(first: readonly Arrival[], world: () => Promise<World> = foundedLog) {
  const { log, application } = await world()
  for (const { device, item } of first) await submit(application, { device, items: [item] })
  return { story: await story(log), answers: await finalAnswers(application, first) }
}

export interface World {
  readonly log: EventLog
  readonly vault: KeyVault
  readonly application: Application
}

/** By stream: what holds when batches of different devices are under way at once. */
export function byStream(events: readonly object[]): Record<string, object[]> {
  const streams: Record<string, object[]> = {}
  for (const event of events as { stream: string }[]) {
    streams[event.stream] ??= []
    streams[event.stream]!.push(event)
  }
  return streams
}
