// Offline batches: what a device did while it was away, in its own order, with one effect and one answer for each item.
import { type EventLog, type KeyVault, WrongExpectedRevision } from '@headwater/infra/ports'
import {
  type Actor,
  type DeviceEvent,
  decrypt,
  deriveId,
  encodeEvent,
  encrypt,
  Id,
  newId,
  type Refusal,
  refuse,
  streamName,
  upcast,
} from '@headwater/schema'
import { type Answer, type Clock, type CommandEnvelope, KeyedQueue } from '@headwater/shell'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { Target } from '../target.ts'
import { Device, type HeldItem, type KeptAnswer } from './device.ts'

export interface OfflineItem {
  /** The device's own count of its items, from 1 without gaps; an item that was refused keeps its number. */
  readonly sequence: number
  readonly commandId: string
  readonly target: Target
  readonly command: { readonly type: string; readonly data: unknown }
  readonly occurredAt: string
}

export type OfflineAnswer = { readonly sequence: number; readonly commandId: string } & (
  | KeptAnswer
  /** It came early, and is kept until `waitingFor` and what lies between are there. */
  | { readonly status: 'held'; readonly waitingFor: number }
)

const Item = z.object({
  sequence: z.int().min(1),
  commandId: Id,
  target: z.object({ category: z.string(), id: z.string() }),
  command: z.object({ type: z.string(), data: z.unknown() }),
  occurredAt: z.string(),
})

export interface OfflineOptions {
  readonly log: EventLog
  readonly vault: KeyVault
  readonly clock: Clock
  readonly dispatch: (target: Target, command: OfflineItem['command'], envelope: CommandEnvelope) => Promise<Answer>
}

/**
 * Items are taken in the order in which they first arrive. One that is next in the device's count is carried out at once, through the same
 * shell and gates as any command; one that is early is kept, sealed, until its turn. Each answer is kept in `device-<id>` and given again
 * whenever the command id comes again. So for one order of first arrivals, any chunking and any resending give the same log.
 *
 * Not kept, and answered anew each time (always alike): an item without a proper number or command id, and one whose number another command
 * has (`sequence-reused`); neither uses up a number. Everything else that is wrong with an item is a refusal that is kept.
 *
 * A crash between an item's effect and its answer is mended by the next batch: the effect is found by the command id. The batches of one
 * device should come to one process at a time: two that carry out the same item at once still have one effect, but where one is refused what
 * the other is granted a moment later, the kept answer may be the refusal.
 */
export class Offline {
  private readonly queue = new KeyedQueue()
  private readonly devices = new LRUCache<string, Device>({ max: 1_000 })
  private readonly options: OfflineOptions

  constructor(options: OfflineOptions) {
    this.options = options
  }

  /** Answers in the order of the items. @throws Contention, LogUnavailable: send the batch again */
  async submit(deviceId: string, items: readonly OfflineItem[], actor: Actor): Promise<readonly OfflineAnswer[]> {
    const wrong = problem(Id.safeParse(deviceId), 'deviceId')
    if (wrong) return items.map((item) => answerTo(item, { status: 'refused', refusal: wrong }))
    return this.queue.run(deviceId, async () => {
      const device = this.devices.get(deviceId) ?? new Device()
      this.devices.set(deviceId, device)
      await this.refresh(deviceId, device)
      await this.carryOutDue(deviceId, device)
      for (const item of items) if (Item.safeParse(item).success) await this.arrive(deviceId, device, { item, actor })
      return items.map((item) => answerTo(item, outcome(device, item)))
    })
  }

  private async arrive(deviceId: string, device: Device, sent: Sent): Promise<void> {
    const { item } = sent
    const { sequence, commandId } = item
    for (;;) {
      const { kind } = device.place(item)
      if (kind === 'next') await this.answer(deviceId, device, item, sent)
      else if (kind === 'early') {
        const command = await this.seal(deviceId, sent)
        await this.record(deviceId, device, { type: 'OfflineItemHeld', data: { sequence, commandId, command } }, sent)
      } else break
    }
    await this.carryOutDue(deviceId, device)
  }

  /** What waited and has its turn now. */
  private async carryOutDue(deviceId: string, device: Device): Promise<void> {
    for (let held = device.due(); held; held = device.due()) {
      const sent = await this.open(deviceId, held)
      if (sent) await this.answer(deviceId, device, held, sent)
      else await this.refresh(deviceId, device) // another process had it answered, and its key destroyed
      if (device.place(held).kind === 'answered')
        await this.options.vault.destroy(subjectOf(deviceId, held.commandId)) // it need not be read any more
      else if (!sent) throw new Error(`item ${held.commandId} of device ${deviceId} cannot be opened: its key is gone`)
    }
  }

  private async answer(
    deviceId: string,
    device: Device,
    { sequence, commandId }: Pick<OfflineItem, 'sequence' | 'commandId'>,
    sent: Sent,
  ): Promise<void> {
    const { target, command, occurredAt } = sent.item
    const answer = await this.options.dispatch(target, command, { commandId, actor: sent.actor, occurredAt })
    const data = { sequence, commandId, answer: toKeep(answer) }
    await this.record(deviceId, device, { type: 'OfflineItemAnswered', data }, sent)
  }

  /** Appends where nobody else has written since; in any case the device is then looked at again. */
  private async record(deviceId: string, device: Device, event: DeviceEvent, { item, actor }: Sent): Promise<void> {
    const { log, clock } = this.options
    const { commandId } = item
    const meta = {
      occurredAt: clock.now(),
      actor,
      caseId: deviceId,
      commandId,
      correlationId: commandId,
      causationId: commandId,
    }
    const expected = device.revision < 0 ? 'none' : device.revision
    try {
      const stored = encodeEvent(event, meta, newId(), new Map())
      await log.append(streamName('device', deviceId), [stored], { expected })
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error
    }
    await this.refresh(deviceId, device)
  }

  private async refresh(deviceId: string, device: Device): Promise<void> {
    const events = await this.options.log.readStream(streamName('device', deviceId), { from: device.revision + 1 })
    for (const event of events) device.apply(upcast(event))
  }

  /** Sealed with a key of its own, which lasts until its turn. */
  private async seal(deviceId: string, sent: Sent): Promise<string> {
    const subject = subjectOf(deviceId, sent.item.commandId)
    const key = (await this.options.vault.obtain([subject])).get(subject)
    if (!key) throw new Error(`the key of a waiting item of device ${deviceId} is gone`)
    return encrypt(key, Buffer.from(JSON.stringify(sent)), [subject]).toString('base64url')
  }

  /** Undefined where its key was destroyed. */
  private async open(deviceId: string, { commandId, sealed }: HeldItem): Promise<Sent | undefined> {
    const subject = subjectOf(deviceId, commandId)
    const key = (await this.options.vault.find([subject])).get(subject)
    return key && JSON.parse(decrypt(key, Buffer.from(sealed, 'base64url'), [subject]).toString())
  }
}

/** An item and who sent it. */
interface Sent {
  readonly item: OfflineItem
  readonly actor: Actor
}

const subjectOf = (deviceId: string, commandId: string) => deriveId(`device-${deviceId}`, commandId)

function toKeep(answer: Answer) {
  if (answer.status === 'accepted') {
    const { status, stream, revision } = answer
    return { status, stream, revision }
  }
  const { code, message, missing, details } = answer.refusal
  return { status: answer.status, code, message, missing: missing && [...missing], details }
}

function outcome(device: Device, item: OfflineItem): KeptAnswer | { status: 'held'; waitingFor: number } {
  const wrong = problem(Item.safeParse(item), 'item')
  if (wrong) return { status: 'refused', refusal: wrong }
  const place = device.place(item)
  if (place.kind === 'answered') return place.answer
  if (place.kind === 'held') return { status: 'held', waitingFor: device.next }
  return { status: 'refused', refusal: taken(item) }
}

const answerTo = <A>({ sequence, commandId }: OfflineItem, answer: A) => ({ sequence, commandId, ...answer })

const taken = ({ sequence, commandId }: OfflineItem): Refusal =>
  refuse('sequence-reused', `Number ${sequence} is another command's: number ${commandId} anew.`, {
    details: { sequence, commandId },
  })

function problem(parsed: z.ZodSafeParseResult<unknown>, name: string): Refusal | undefined {
  if (parsed.success) return undefined
  const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.map(String), message }))
  const text = issues.map(({ path, message }) => `${[name, ...path].join('.')}: ${message}`).join('; ')
  return refuse('invalid-command', `The item is not as it should be: ${text}.`, { details: { issues } })
}
