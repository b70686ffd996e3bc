// How far deals went as their playbooks have it.
import { type ConformanceFigures, ConformanceTally, checkDeal, type Trace } from '@headwater/analytics'
import type { Coached, Instant, PlaybookDefinition } from '@headwater/schema'

export interface ConformanceQuestion {
  readonly playbookId: string
  /** Stores unless said. */
  readonly by?: Coached['kind'] | undefined
  /** Deals that opened from then, and before then. */
  readonly from?: Instant | undefined
  readonly to?: Instant | undefined
  /** Deals that are this store's, or this rep's, now. */
  readonly storeId?: string | undefined
  readonly repId?: string | undefined
  /** What is not done by then is missed when its time was up. */
  readonly now: Instant
}

/** What is asked of the read side. */
export interface ConformancePorts {
  /** By version. @throws UnknownPlaybook */
  playbook(id: string): Promise<ReadonlyMap<number, PlaybookDefinition>>
  /** In pages. */
  traces(question: ConformanceQuestion): AsyncIterable<readonly (Trace & { readonly playbookVersion: number })[]>
}

export interface ConformanceReport {
  readonly all: ConformanceFigures
  /** By store or rep; nobody's last. */
  readonly members: readonly ConformanceFigures[]
}

export interface ConformanceChecks {
  /** Reads, and writes nothing; a page of deals in memory at a time, and the ids of those that deviate. */
  check(question: ConformanceQuestion): Promise<ConformanceReport>
}

const nobody = { storeId: null, repId: null }
const nothing: ConformanceFigures = { member: null, deals: 0, conforming: 0, deviations: [], behaviours: [] }

export const openConformance = (ports: ConformancePorts): ConformanceChecks => ({
  async check(question) {
    const versions = await ports.playbook(question.playbookId)
    const all = new ConformanceTally(undefined)
    const members = new ConformanceTally(question.by === 'rep' ? 'repId' : 'storeId')
    for await (const page of ports.traces(question))
      for (const trace of page) {
        const checked = checkDeal(trace, versions.get(trace.playbookVersion)!, question.now)
        for (const tally of [all, members]) tally.add(checked, trace.visits[0] ?? nobody)
      }
    return { all: all.figures()[0] ?? nothing, members: members.figures() }
  },
})
