import { listPlaybooks, versionsOfPlaybook } from '@headwater/projections'
import type { Answer } from '../answer.ts'
import { type Session, withSession } from '../session.ts'
import { ExitCode, Failure } from '../terminal/failure.ts'
import { funnelJson, funnelText } from './answer.ts'
import { type FunnelOptions, funnelQuestion, playbookRef } from './question.ts'

export async function funnel(options: FunnelOptions): Promise<Answer> {
  funnelQuestion(options, options.zone ?? 'UTC') // wrong usage shows before anything is opened
  return withSession(async (session) => {
    const { readModels, viewer } = session
    const question = funnelQuestion(options, options.zone ?? (await zoneOf(session, options.playbook)))
    const total = await readModels.funnel(viewer, { ...question, groupBy: [] })
    const grouped = question.groupBy.length > 0 ? await readModels.funnel(viewer, question) : undefined
    return { json: funnelJson(total, grouped), text: () => funnelText(total, grouped) }
  })
}

/** The zone of the playbook's calendar. @throws Failure when there is no such playbook, or version of it */
async function zoneOf({ db, viewer }: Session, playbook: string): Promise<string> {
  const { id, version } = playbookRef(playbook)
  const versions = await versionsOfPlaybook(db, viewer, id)
  const wanted = version === undefined ? versions[0] : versions.find((row) => row.version === version)
  if (wanted) return wanted.definition.calendar.zone
  const known =
    versions.length > 0
      ? versions.map((row) => `${id}@${row.version}`)
      : (await listPlaybooks(db, viewer)).map((row) => row.playbookId)
  throw new Failure(`there is no playbook ${playbook}; there are: ${known.join(', ') || 'none'}`, ExitCode.refused)
}
