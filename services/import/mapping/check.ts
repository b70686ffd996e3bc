// What a mapping says of a playbook must be in that playbook.
import type { PlaybookDefinition } from '@headwater/schema'
import type { MappingIssue } from '../errors.ts'
import type { Mapping } from './schema.ts'

type Path = readonly (string | number)[]
interface Issue {
  readonly path: Path
  readonly message: string
}

/** Stages, fields and loss reasons that the mapping names and the playbook does not have. */
export function checkAgainstPlaybook(mapping: Mapping, playbook: PlaybookDefinition): Issue[] {
  const issues: Issue[] = []
  const known = (what: string, named: readonly { id: string }[]) => {
    const ids = new Set(named.map(({ id }) => id))
    return (id: string | undefined, path: Path) => {
      if (id !== undefined && !ids.has(id))
        issues.push({
          path,
          message: `the playbook ${mapping.playbook.id} has no ${what} ${id}: it has ${[...ids].join(', ') || 'none'}`,
        })
    }
  }
  const stage = known('stage', playbook.stages)
  const field = known('field', playbook.fields)
  const reason = playbook.lossReasons.length ? known('loss reason', playbook.lossReasons) : () => {}
  mapping.files.forEach((file, i) => {
    if (file.rows === 'touch') return
    const at = (...path: (string | number)[]) => ['files', i, ...path]
    stage(file.deal?.stage, at('deal', 'stage'))
    for (const id of Object.keys(file.fields)) field(id, at('fields', id))
    if (file.rows === 'case') {
      for (const id of Object.keys(file.stages)) stage(id, at('stages', id))
      if (file.lose && 'value' in file.lose.reason) reason(file.lose.reason.value, at('lose', 'reason'))
    } else
      for (const [activity, action] of Object.entries(file.activities)) {
        stage(action.stage, at('activities', activity, 'stage'))
        reason(action.lose, at('activities', activity, 'lose'))
      }
  })
  return issues
}

/** Regions and stores that the mapping names and does not open; they may exist already, so it is only told of contradictions. */
export function checkOrganisation({ organisation, reps }: Mapping): Issue[] {
  const issues: Issue[] = []
  const regions = new Set(organisation?.regions.map(({ id }) => id))
  organisation?.stores.forEach(({ region }, i) => {
    if (regions.size && !regions.has(region))
      issues.push({
        path: ['organisation', 'stores', i, 'region'],
        message: `there is no region ${region} under organisation.regions`,
      })
  })
  const stores = organisation?.stores.map(({ id }) => id)
  if (reps && stores?.length && !stores.includes(reps.hire.store))
    issues.push({
      path: ['reps', 'hire', 'store'],
      message: `there is no store ${reps.hire.store} under organisation.stores`,
    })
  return issues
}

/** `['files', 0, 'stages', 'a b']` → `files[0].stages["a b"]` */
export function pathText(path: Path): string {
  return path
    .map((part, i) => {
      if (typeof part === 'number') return `[${part}]`
      if (!/^[A-Za-z_][\w-]*$/.test(part)) return `[${JSON.stringify(part)}]`
      return i === 0 ? part : `.${part}`
    })
    .join('')
}

export const toMappingIssue = ({ path, message }: Issue, line?: number): MappingIssue => ({
  path: pathText(path),
  line,
  message,
})
