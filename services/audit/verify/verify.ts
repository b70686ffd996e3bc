import type { LeafStore, StoredEvents } from '@headwater/infra/ports'
import { type ClosedPeriod, checkSeals } from '../seal.ts'
import { type Comparison, compare } from './compare.ts'
import type { Finding, LogFinding, Report } from './report.ts'
import { type Suspect, tamperingOf, uuid } from './suspects.ts'

/**
 * Compares the log with the seals of the closed periods and, event by event, with the leaves recorded at each close. A seal that stands
 * proves every event up to its size; where one does not, the recorded leaves name the first event that is not as it was, and the seal says
 * whether they are to be trusted. What was appended after the last seal and the last leaf is not looked at. Forgetting a person
 * changes nothing, as hashes are over what is stored.
 */
export async function verify({
  log,
  leaves,
  closed,
  published = [],
}: {
  readonly log: StoredEvents
  readonly leaves: LeafStore
  /** Of the ledger's `PeriodClosed`, oldest first. */
  readonly closed: readonly ClosedPeriod[]
  /** Seals known from outside the ledger, as from statements: without any, who can write everywhere can make all seals anew. */
  readonly published?: readonly string[]
}): Promise<Report> {
  const sizes = [...new Set(closed.map((period) => period.log.size))].sort((a, b) => a - b)
  const comparison = await compare(log, leaves, sizes)
  const ofSeals = checkSeals(closed, published)
  const faulty = new Set(ofSeals.map(({ seal }) => seal))
  const holds = ({ log }: ClosedPeriod) => comparison.roots.get(log.size)?.log === log.root
  const sealed = Math.max(0, ...closed.filter(holds).map(({ log }) => log.size))
  const findings: readonly Finding[] = [
    ...logFinding(comparison, closed, sealed),
    ...ofSeals,
    // The log is proven further than this by a later seal: it is this one that is wrong of it.
    ...closed
      .filter((one) => !holds(one) && one.log.size <= sealed)
      .map(({ period, seal }) => ({ kind: 'root-differs' as const, period, seal })),
    ...leavesFinding(comparison, sealed),
  ]
  return {
    intact: findings.every(({ kind }) => kind === 'leaves-flawed'),
    events: comparison.size,
    sealed,
    findings,
    seals: closed.map((one) => ({
      period: one.period,
      seal: one.seal,
      size: one.log.size,
      stands: holds(one) && !faulty.has(one.seal),
    })),
  }
}

/** The first place beyond what is proven where the log is not as it was. */
function logFinding(comparison: Comparison, closed: readonly ClosedPeriod[], sealed: number): LogFinding[] {
  const suspect = comparison.suspects.all.find(({ index }) => index >= sealed)
  const broken = closed.find(({ log }) => log.size > sealed)
  if (suspect && !(broken && suspect.index >= broken.log.size)) {
    const { index, position, found, recorded } = suspect
    return [
      {
        kind: tamperingOf(suspect),
        index,
        position,
        found: found === undefined ? undefined : uuid(found),
        recorded: uuid(recorded),
        witness: witnessOf(suspect, comparison, closed),
      },
    ]
  }
  return broken ? [{ kind: 'log-differs', from: sealed, to: broken.log.size, period: broken.period }] : []
}

/** How far the leaves that name it are to be trusted: a seal over them says so. */
function witnessOf({ index }: Suspect, { roots }: Comparison, closed: readonly ClosedPeriod[]) {
  const over = closed.find(({ log }) => log.size > index)
  if (!over) return 'unsealed'
  return roots.get(over.log.size)?.recorded === over.log.root ? 'sealed' : 'doubtful'
}

/** The first place where the log is proven and its recorded leaf is not the log's. */
function leavesFinding({ suspects, firstFlaw }: Comparison, sealed: number): Finding[] {
  const wrong = suspects.all.find(({ index }) => index < sealed)?.index
  const index = Math.min(wrong ?? Number.POSITIVE_INFINITY, firstFlaw ?? Number.POSITIVE_INFINITY)
  return Number.isFinite(index) ? [{ kind: 'leaves-flawed', index }] : []
}
