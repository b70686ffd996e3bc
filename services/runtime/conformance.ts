// Conformance as the read models of this process give it.
import { type ConformanceChecks, openConformance } from '@headwater/application'
import type { Database } from '@headwater/infra/database'
import { dealTraces, UnknownPlaybook, type Viewer, versionsOfPlaybook } from '@headwater/projections'

/** Sees all deals, to hold each against its playbook. */
const analyst: Viewer = { id: 'conformance', role: 'analyst' }

export const conformanceOf = (db: Database): ConformanceChecks =>
  openConformance({
    async playbook(id) {
      const versions = await versionsOfPlaybook(db, analyst, id)
      if (versions.length === 0) throw new UnknownPlaybook(id, undefined)
      return new Map(versions.map(({ version, definition }) => [version, definition]))
    },
    traces: (question) => dealTraces(db, analyst, question),
  })
