// Commission as the engines of this process give it: months worked out and closed.
import { type Application, type Closing, type LinesContent, openClosing } from '@headwater/application'
import { canonical, leafHash, MerkleTree, recordLog, sealPeriod } from '@headwater/audit'
import { openPostgresLeafStore } from '@headwater/infra/audit'
import { openPostgresStoredEvents } from '@headwater/infra/event-log'
import type { LeafStore, StoredEvents } from '@headwater/infra/ports'
import {
  book,
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

/** Statement by statement, so that only one is in memory. @param onLeaf told the canonical text of each leaf of `linesRoot` */
export async function workOut(
  sources: Pick<Sources, 'db'>,
  period: Period,
  cutOff: Position,
  onLeaf: (text: string) => void = () => {},
): Promise<LinesContent> {
  const tree = new MerkleTree()
  let [statements, lines, total] = [0, 0, 0]
  await eachStatementAt(sources, period, cutOff, (found) => {
    for (const leaf of book.sealedLeaves(found.statement, found.currency)) {
      const text = canonical(leaf)
      tree.add(leafHash(text))
      onLeaf(text)
      if (leaf.kind === 'statement') statements++
      else {
        lines++
        total += leaf.amount
      }
    }
  })
  return { period, statements, lines, total, linesRoot: tree.root() }
}
