// Anomalies as the engines of this process give them: conversions from the funnel, entries from the read models.
import { type Anomalies, type Application, openAnomalies, type StepQuestion } from '@headwater/application'
import type { Database } from '@headwater/infra/database'
import {
  dealsBehind,
  type FunnelQueryInput,
  type FunnelResult,
  lastEntriesByStore,
  UnknownPlaybook,
  type Viewer,
  versionsOfPlaybook,
} from '@headwater/projections'

/** Sees all stores, to judge each against the others. */
const analyst: Viewer = { id: 'anomalies', role: 'analyst' }

export const anomaliesOf = (
  application: Application,
  db: Database,
  funnel: (viewer: Viewer, query: FunnelQueryInput) => Promise<FunnelResult>,
): Anomalies =>
  openAnomalies(application, {
    async playbook(id) {
      const [newest] = await versionsOfPlaybook(db, analyst, id)
      if (!newest) throw new UnknownPlaybook(id, undefined)
      const { stages, calendar } = newest.definition
      return { stages: stages.map((stage) => stage.id), zone: calendar.zone }
    },
    async step(question) {
      const { groups } = await funnel(analyst, { ...queryOf(question), groupBy: [question.by] })
      return groups.flatMap(({ key, stages }) => {
        const member = key[question.by]
        const figures = stages.find(({ stage }) => stage === question.stage)
        if (!member || !figures || figures.reached === 0) return []
        return [{ member, entered: figures.reached, converted: figures.converted }]
      })
    },
    async stuck(question, member, limit) {
      const query = { ...queryOf(question), filter: { [question.by]: [member] } }
      const behind = async (measure: 'reached' | 'converted') =>
        (await dealsBehind(db, analyst, query, { stage: question.stage, measure })).map(({ dealId }) => dealId)
      const [reached, converted] = await Promise.all([behind('reached'), behind('converted')])
      const gone = new Set(converted)
      return reached.filter((dealId) => !gone.has(dealId)).slice(0, limit)
    },
    lastEntries: (playbookId, stage, at) => lastEntriesByStore(db, analyst, { playbookId, stage, ...at }),
  })

const queryOf = ({ playbookId, stage, from, to, window, knownAt }: StepQuestion): FunnelQueryInput => ({
  playbook: { id: playbookId },
  cohort: { stage, from, to },
  conversionWindow: window,
  asOf: knownAt ? { recordedTime: knownAt } : {},
})
