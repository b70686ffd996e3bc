import { readFile } from 'node:fs/promises'
import { CommissionPlanDefinition } from '@headwater/schema'
import { isNode, LineCounter, parseDocument } from 'yaml'
import { Failure } from '../terminal/failure.ts'

/** Reads a commission plan from YAML. @throws Failure that says which line is wrong */
export async function readPlan(path: string): Promise<CommissionPlanDefinition> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new Failure(`${path}: it cannot be read: ${error.message}`)
  })
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, prettyErrors: false })
  const fail = (offset: number, message: string): never => {
    throw new Failure(`${path}, line ${lineCounter.linePos(offset).line}: ${message}`)
  }
  const [broken] = document.errors
  if (broken) fail(broken.pos[0], `not YAML: ${broken.message}`)
  const plan = CommissionPlanDefinition.safeParse(document.toJS({ maxAliasCount: 1000 }))
  if (plan.success) return plan.data
  const { path: at, message } = plan.error.issues[0]!
  const places = at.map((_, i) => document.getIn(at.slice(0, at.length - i), true))
  const node = places.find((place) => isNode(place) && place.range)
  return fail(isNode(node) ? node.range![0] : 0, `${at.join('.')}: ${message}`)
}
