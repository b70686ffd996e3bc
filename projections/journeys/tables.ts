import { bigint, boolean, instant, integer, nullable, position, type Row, table, text } from '../engine/table.ts'

/** When a fact was so, and when and where the log learnt of it. */
const placed = { occurredAt: instant, recordedAt: instant, position }

/** What later facts of a stream need of earlier ones. The rows of the other tables are never changed. */
export const journeys = table(
  'journeys',
  {
    /** A visitor's id; of other streams, what they are about, such as `lead/L1`, `deal/D1`. */
    journeyId: text(),
    revision: integer,
    /** Whose story it belongs to, as far as the stream itself tells: `visitor/…`, `lead/…`, `customer/…` or `deal/…`. */
    person: text(),
    dealId: nullable(text()),
    repId: nullable(text()),
    /** The deal's or the contract's, in minor units. */
    amount: nullable(bigint),
    currency: nullable(text()),
  },
  ['journeyId'],
)

/** Somebody was met by something of ours. No personal data: persons are pseudonyms, and links' marks are not kept. */
export const journeyTouches = table(
  'journey_touches',
  {
    journeyId: text(),
    touchNo: integer,
    touchId: text(),
    person: text(),
    /** Null where the source did not say. */
    channel: nullable(text()),
    campaign: nullable(text()),
    content: nullable(text()),
    /** Who did it for us, or cared for the person then. */
    repId: nullable(text()),
    direct: boolean,
    /** Where it was recorded first. */
    system: nullable(text()),
    /** Minor units. */
    cost: nullable(bigint),
    costCurrency: nullable(text()),
    ...placed,
  },
  ['journeyId', 'touchNo'],
)

/** Two names of one person. */
export const journeyLinks = table(
  'journey_links',
  { journeyId: text(), linkNo: integer, person: text(), samePerson: text(), ...placed },
  ['journeyId', 'linkNo'],
)

/** `lead` and `deal`: that they were created. The others are what can be asked for as a success. */
export type JourneyMark = 'lead' | 'deal' | 'won' | 'contract' | 'payment'

/** Successes and what took them back: those of one mark and `markId` add up. */
export const journeyMarks = table(
  'journey_marks',
  {
    journeyId: text(),
    markNo: integer,
    mark: text<JourneyMark>(),
    /** Of the lead, deal or contract; of a payment `<contract>/<payment>`. */
    markId: text(),
    person: text(),
    dealId: nullable(text()),
    repId: nullable(text()),
    /** 1 where it came about, -1 where it was undone, 0 where only its value changed. */
    count: integer,
    /** Minor units. */
    amount: nullable(bigint),
    currency: nullable(text()),
    ...placed,
  },
  ['journeyId', 'markNo'],
)

export type JourneyRow = Row<typeof journeys>
export type JourneyTouchRow = Row<typeof journeyTouches>
export type JourneyLinkRow = Row<typeof journeyLinks>
export type JourneyMarkRow = Row<typeof journeyMarks>
