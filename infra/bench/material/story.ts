// A long log of realistic events: the simulated organisation's month, told again many times under other ids, all tellings at the
// same time.
import type { Headwater } from '@headwater/runtime'
import { msOf, type NewEvent, newId, type RecordedEvent, streamCategory } from '@headwater/schema'
import { openShell, type ShellLog } from '@headwater/shell'
import { simulate } from '@headwater/simulation'

/** About 9,000 events; the house itself is some 250 of them. */
const month = { endsAt: '2026-06-30T15:00:00.000Z', days: 30, leadsPerDay: 30 } as const

/** Events that are appended side by side, a stream's own in one append. */
const CHUNK = 2_000

export interface Story {
  /** Appends the next so many events, and answers with where the streams of the last ones are now. */
  tell(events: number): Promise<readonly At[]>
}

export interface At {
  readonly stream: string
  readonly revision: number
}

/** Simulates the organisation in this empty log. @param events how many there are to tell after it */
export async function beginStory({ log, application, readModels }: Headwater, events: number): Promise<Story> {
  const settle = () => readModels.catchUp()
  const shellOn = (draft: ShellLog) => openShell({ ...application.options, log: draft })
  await simulate({ log, shellOn, settle }, month)
  const told: RecordedEvent[] = []
  for await (const page of log.readAll()) told.push(...page.events)
  const rest = retold(inTime(told.filter(isOfCase)), events)
  return {
    async tell(count) {
      let last: readonly At[] = []
      for (let left = count; left > 0; left -= CHUNK) {
        const streams = new Map<string, { expected: 'none' | number; events: NewEvent[] }>()
        for (let i = Math.min(CHUNK, left); i > 0; i--) {
          const { stream, revision, event } = rest.next().value!
          const known = streams.get(stream)
          if (known) known.events.push(event)
          else streams.set(stream, { expected: revision === 0 ? 'none' : revision - 1, events: [event] })
        }
        last = await Promise.all(
          [...streams].map(([stream, { expected, events }]) => log.append(stream, events, { expected })),
        )
      }
      return last
    },
  }
}

/** The house and its playbooks are there once. */
const isOfCase = ({ stream }: RecordedEvent) => ['lead', 'customer', 'deal'].includes(streamCategory(stream))

/** By business time, as far as the order in each stream allows. */
function inTime(events: readonly RecordedEvent[]): RecordedEvent[] {
  const latest = new Map<string, number>()
  return events
    .map((event) => {
      const at = Math.max(msOf(event.meta.occurredAt), latest.get(event.stream) ?? 0)
      latest.set(event.stream, at)
      return { at, event }
    })
    .sort((a, b) => a.at - b.at)
    .map(({ event }) => event)
}

function* retold(events: readonly RecordedEvent[], count: number) {
  const tellings = Math.ceil(count / events.length)
  for (const { stream, revision, type, version, data, meta } of events) {
    const text = JSON.stringify({ stream, data, meta })
    for (let n = 1; n <= tellings; n++) {
      const { stream, data, meta } = JSON.parse(renamed(text, n)) as Pick<RecordedEvent, 'stream' | 'data' | 'meta'>
      yield { stream, revision, event: { id: newId(), type, version, data, meta } }
    }
  }
}

/** Leads, customers and deals get other ids; the people stay, as their contacts are sealed with their own keys. */
function renamed(text: string, telling: number): string {
  const uuidHead = telling.toString(16).padStart(8, '0')
  return text
    .replaceAll(/(?<!person-)\bL\d{5}/g, `$&.${telling}`)
    .replaceAll(/[0-9a-f]{8}((-[0-9a-f]{4}){3}-[0-9a-f]{12})/g, `${uuidHead}$1`)
}
