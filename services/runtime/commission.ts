// Commission as the engines of this process give it: months worked out and closed.
import { type Application, type Closing, type LinesContent, openClosing } from '@headwater/application'
import { canonical, leafHash, MerkleTree, recordLog, sealPeriod } from '@headwater/audit'
import { openPostgresLeafStore } from '@headwater/infra/audit'
import { openPostgresStoredEvents } from '@headwater/infra/event-log'
import type { LeafStore, StoredEvents } from '@headwater/infra/ports'
import {
  type book,
  catchUp,
  commissionPlansModel,
  contractsModel,
  customersModel,
  eachStatement,
  ledgerModel,
  organisationModel,
  type ReadModel,
  type RepStatement,
  type Sources,
  type Viewer,
} from '@headwater/projections'
import { instantOf, type Period, type Position } from '@headwater/schema'

/** Those that commission is worked out from. */
export const commissionModels: readonly ReadModel[] = [
  organisationModel,
  customersModel,
  contractsModel,
  commissionPlansModel,
  ledgerModel,
]

type StatementLine = book.StatementLine

/** Sees everybody's statements, to close or to check them. */
export const bookkeeper: Viewer = { id: 'commission', role: 'finance' }

/** The bytes of the log and its recorded leaves. */
export interface Witnesses {
  readonly log: StoredEvents
  readonly leaves: LeafStore
}

export const openWitnesses = async ({ db }: Pick<Sources, 'db'>): Promise<Witnesses> => ({
  log: openPostgresStoredEvents(db),
  leaves: await openPostgresLeafStore(db),
})

/** The month was cut off anew while it was worked out: ask again. */
export class CutOffMoved extends Error {
  override readonly name = 'CutOffMoved'
  constructor(period: Period) {
    super(`${period} was cut off anew meanwhile: ask again`)
  }
}

/** The steps of a month's close, on these engines. */
export function closingOf(application: Application, sources: Sources): Closing {
  return openClosing(application, sources.log, {
    async workOut(period, cutOff) {
      await catchUp(sources, commissionModels)
      return workOut(sources, period, cutOff)
    },
    async recordLog(cutOff) {
      const { log, leaves } = await openWitnesses(sources)
      return recordLog(log, leaves, cutOff)
    },
    seal: sealPeriod,
  })
}

/** A cut-off month's statements, in the order in which they are sealed. @throws CutOffMoved, LedgerNotOpen, UnknownPeriod */
export function eachStatementAt(
  { db }: Pick<Sources, 'db'>,
  period: Period,
  cutOff: Position,
  visit: (found: RepStatement) => void,
): Promise<void> {
  return eachStatement(db, bookkeeper, { period, now: instantOf(Date.now()) }, (found) => {
    if (found.asOf !== cutOff) throw new CutOffMoved(period)
    visit(found)
  })
}

/** What is sealed of a statement: its lines, then its adjustments. */
export const sealedLines = ({ statement }: RepStatement): readonly StatementLine[] => [
  ...statement.lines,
  ...statement.adjustments,
]

/** Statement by statement, so that only one is in memory. */
export async function workOut(
  sources: Pick<Sources, 'db'>,
  period: Period,
  cutOff: Position,
  onLine: (text: string) => void = () => {},
): Promise<LinesContent> {
  const tree = new MerkleTree()
  let [statements, total] = [0, 0]
  await eachStatementAt(sources, period, cutOff, (found) => {
    statements++
    for (const line of sealedLines(found)) {
      const text = canonical(line)
      tree.add(leafHash(text))
      total += line.amount
      onLine(text)
    }
  })
  return { period, statements, lines: tree.size, total, linesRoot: tree.root() }
}
