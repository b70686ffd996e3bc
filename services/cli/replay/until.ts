import { type Instant, instantOf, LocalDate, type Position, startOfDay, TimeZone } from '@headwater/schema'
import { ExitCode, Failure } from '../terminal/failure.ts'

/** The last place that a replay takes in: a position, or what the log knew at an instant. */
export type Until = { readonly position: Position } | { readonly instant: Instant }

/**
 * `2026-03-01T08:00:00Z`, `2026-03-01` for the end of that day in the zone, or else a position, which only the log can tell.
 * @throws Failure
 */
export function parseUntil(text: string, zone: string): Until {
  if (!TimeZone.safeParse(zone).success)
    throw new Failure(`--zone ${zone} is no time zone; write one such as Asia/Shanghai`, ExitCode.usage)
  if (LocalDate.safeParse(text).success) {
    const next = new Date(Date.parse(text) + 86_400_000).toISOString().slice(0, 10)
    return { instant: instantOf(startOfDay(next, zone) - 1) }
  }
  if (/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)))
    return { instant: instantOf(Date.parse(text)) }
  if (/^\d{4}-/.test(text))
    throw new Failure(`--until ${text} is no date; write 2026-03-01 or 2026-03-01T08:00:00Z`, ExitCode.usage)
  return { position: text as Position }
}
