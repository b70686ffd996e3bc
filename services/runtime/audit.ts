// What an auditor asks: is the log as it was sealed, does a closed month come out the same again, was this line in it?
import { closedMonths, readMonth } from '@headwater/application'
import {
  type ClosedPeriod,
  differences,
  type LineProof,
  logRoot,
  proveLine,
  type Report,
  type SealContent,
  verify,
} from '@headwater/audit'
import {
  catchUp,
  listPeriods,
  placeOf,
  type RebuildOptions,
  rebuildAll,
  type Sources,
  UnknownLine,
} from '@headwater/projections'
import { type Period, UnreadableEvent } from '@headwater/schema'
import { bookkeeper, commissionModels, eachStatementAt, openWitnesses, sealedLines, workOut } from './commission.ts'

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
  /** Told each line's canonical text, in the order in which they were sealed. */
  readonly onLine?: (text: string) => void
}

export interface Audit {
  /**
   * The log against its seals and recorded leaves. Needs no read model.
   * @param published seals known from outside, as from statements
   */
  verify(published?: readonly string[]): Promise<Report>
  /** Works a closed month out again from the log, and compares. @throws NotClosed */
  reproduce(period: Period, options?: ReproduceOptions): Promise<Reproduction>
  /** That a line was among those of its closed month. @throws NotClosed, UnknownLine, LinesNotSealed */
  prove(lineId: string): Promise<LineProof>
}

export function auditOf(sources: Sources): Audit {
  const { log } = sources
  const closedAt = async (period: Period) => {
    const { cutOff, closed } = (await readMonth(log, period)).month
    if (!cutOff || !closed) throw new NotClosed(period)
    return { cutOff, closed }
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

    async reproduce(period, { asTheyAre, onLine, onProgress } = {}) {
      const { cutOff, closed } = await closedAt(period)
      const progress = onProgress && { onProgress }
      await (asTheyAre ? catchUp : rebuildAll)(sources, commissionModels, progress)
      const lines = await workOut(sources, period, cutOff, onLine)
      const again = { ...lines, log: await logRoot((await openWitnesses(sources)).log, cutOff) }
      const { previousSeal: _, seal: __, ...sealed } = closed
      const differs = differences(sealed, again)
      return { period, reproduced: differs.length === 0, differs, sealed, again }
    },

    async prove(lineId) {
      const { period } = placeOf(lineId)
      const { cutOff, closed } = await closedAt(period)
      await catchUp(sources, commissionModels)
      const lines: { readonly id: string }[] = []
      await eachStatementAt(sources, period, cutOff, (found) => {
        lines.push(...sealedLines(found))
      })
      const index = lines.findIndex(({ id }) => id === lineId)
      if (index < 0) throw new UnknownLine(lineId)
      return proveLine(lines, index, closed)
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
