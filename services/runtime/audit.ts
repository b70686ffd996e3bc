// What an auditor asks: is the log as it was sealed, does a closed month come out the same again, was this line or statement in it?
import { closedMonths, readMonth } from '@headwater/application'
import {
  type ClosedPeriod,
  differences,
  type LeafProof,
  logRoot,
  proveLeaf,
  type Report,
  type SealContent,
  verify,
} from '@headwater/audit'
import {
  book,
  catchUp,
  listPeriods,
  placeOf,
  type RebuildOptions,
  rebuildAll,
  type Sources,
  UnknownLine,
  UnknownStatement,
} from '@headwater/projections'
import { type Period, UnreadableEvent } from '@headwater/schema'
import { bookkeeper, commissionModels, eachStatementAt, openWitnesses, workOut } from './commission.ts'

/** Of a month that is not closed nothing is sealed. */
export class NotClosed extends Error {
  override readonly name = 'NotClosed'
  constructor(readonly period: Period) {
    super(`${period} is not closed: nothing is sealed of it yet`)
  }
}

export interface Reproduction {
  readonly period: Period
  readonly reproduced: boolean
  /** In what the two differ; empty where the month is reproduced. */
  readonly differs: readonly string[]
  readonly sealed: SealContent
  readonly again: SealContent
}

export interface ReproduceOptions extends Pick<RebuildOptions, 'onProgress'> {
  /** Take the read models as they are, instead of building them anew from the log. */
  readonly asTheyAre?: boolean
  /** Told the canonical text of each statement and line, in the order in which they were sealed. */
  readonly onLeaf?: (text: string) => void
}

export interface Audit {
  /**
   * The log against its seals and recorded leaves. Needs no read model.
   * @param published seals known from outside, as from statements
   */
  verify(published?: readonly string[]): Promise<Report>
  /** Works a closed month out again from the log, and compares. @throws NotClosed */
  reproduce(period: Period, options?: ReproduceOptions): Promise<Reproduction>
  /** That a line was among those of its closed month. @throws NotClosed, UnknownLine, NotAsSealed */
  proveLine(lineId: string): Promise<LeafProof>
  /** That a rep's statement of a closed month had these amounts. @throws NotClosed, UnknownStatement, NotAsSealed */
  proveStatement(repId: string, period: Period): Promise<LeafProof>
}

export function auditOf(sources: Sources): Audit {
  const { log } = sources
  const closedAt = async (period: Period) => {
    const { cutOff, closed } = (await readMonth(log, period)).month
    if (!cutOff || !closed) throw new NotClosed(period)
    return { cutOff, closed }
  }
  const prove = async (period: Period, isIt: (leaf: book.SealedLeaf) => boolean, unknown: Error) => {
    const { cutOff, closed } = await closedAt(period)
    await catchUp(sources, commissionModels)
    const leaves: book.SealedLeaf[] = []
    await eachStatementAt(sources, period, cutOff, ({ statement, currency }) => {
      leaves.push(...book.sealedLeaves(statement, currency))
    })
    const index = leaves.findIndex(isIt)
    if (index < 0) throw unknown
    return proveLeaf(leaves, index, closed)
  }
  return {
    async verify(published) {
      const closed = await closedMonths(log).catch((error: unknown) => {
        // The ledger itself was tampered with: its read model still has what it once said.
        if (error instanceof SyntaxError || error instanceof UnreadableEvent) return shownMonths(sources)
        throw error
      })
      return verify({ ...(await openWitnesses(sources)), closed, ...(published && { published }) })
    },

    async reproduce(period, { asTheyAre, onLeaf, onProgress } = {}) {
      const { cutOff, closed } = await closedAt(period)
      const progress = onProgress && { onProgress }
      await (asTheyAre ? catchUp : rebuildAll)(sources, commissionModels, progress)
      const lines = await workOut(sources, period, cutOff, onLeaf)
      const again = { ...lines, log: await logRoot((await openWitnesses(sources)).log, cutOff) }
      const { previousSeal: _, seal: __, ...sealed } = closed
      const differs = differences(sealed, again)
      return { period, reproduced: differs.length === 0, differs, sealed, again }
    },

    async proveLine(lineId) {
      const isIt = (leaf: book.SealedLeaf) => leaf.kind !== 'statement' && leaf.id === lineId
      return prove(placeOf(lineId).period, isIt, new UnknownLine(lineId))
    },

    proveStatement(repId, period) {
      const isIt = (leaf: book.SealedLeaf) => leaf.kind === 'statement' && leaf.repId === repId
      return prove(period, isIt, new UnknownStatement(repId, period))
    },
  }
}

/** The closed months as the read model has them, the first one first. */
async function shownMonths({ db }: Pick<Sources, 'db'>): Promise<ClosedPeriod[]> {
  const months = await listPeriods(db, bookkeeper)
  return months
    .reverse()
    .flatMap(({ content, previousSeal, seal }) => (content && seal ? [{ ...content, previousSeal, seal }] : []))
}
