// What has to be there before the first case: the playbook, and the regions and stores that the mapping opens.
import { ORGANISATION_ID, organisation } from '@headwater/organisation'
import { builtinPlaybooks, definitionOf, latestVersion, playbook } from '@headwater/sales'
import { type Actor, deriveId, instantOf, type PlaybookDefinition, startOfDay } from '@headwater/schema'
import type { Shell } from '@headwater/shell'
import { ImportError, MappingError } from '../errors.ts'
import { checkAgainstPlaybook, toMappingIssue } from '../mapping/check.ts'
import type { Mapping } from '../mapping/schema.ts'
import type { Execution } from './execute.ts'
import type { Reporting } from './report.ts'

export interface Setting {
  /** That deals are opened under. */
  readonly definition: PlaybookDefinition
  /** It is not there yet: it is to be published. */
  readonly isNew: boolean
  readonly notes: readonly string[]
}

/** @throws ImportError `playbook-missing`, MappingError where the mapping names what the playbook does not have */
export async function findPlaybook(mapping: Mapping, shell: Shell): Promise<Setting> {
  const { id, definition } = mapping.playbook
  const { state } = await shell.load(playbook, id)
  const version = latestVersion(state)
  const there = definitionOf(state, version)
  const builtin = (builtinPlaybooks as Partial<Record<string, PlaybookDefinition>>)[id]
  const chosen = there ?? definition ?? builtin
  if (!chosen) {
    const names = Object.keys(builtinPlaybooks).join(', ')
    throw new ImportError(
      'playbook-missing',
      `there is no playbook ${id}`,
      {},
      `give its definition in the mapping, or use one of: ${names}`,
    )
  }
  const issues = checkAgainstPlaybook(mapping, chosen)
  if (issues.length)
    throw new MappingError(
      undefined,
      issues.map((issue) => toMappingIssue(issue)),
    )
  const differs = there && definition && JSON.stringify(there) !== JSON.stringify(definition)
  const note = `Playbook ${id} is there already and not as the mapping defines it: deals are opened under its version ${version} as it is.`
  return { definition: chosen, isNew: there === undefined, notes: differs ? [note] : [] }
}

/** @throws ImportError */
export async function publishPlaybook(
  { source, playbook: { id } }: Mapping,
  definition: PlaybookDefinition,
  shell: Shell,
  actor: Actor,
  reporting: Reporting,
): Promise<void> {
  const command = { type: 'PublishPlaybook', data: { definition } }
  const answer = await shell.execute(playbook, id, command, {
    commandId: deriveId(`import:${source}`, `playbook/${id}`),
    actor,
  })
  if (answer.status === 'refused')
    throw new ImportError('playbook-missing', `the playbook ${id} cannot be published: ${answer.refusal.message}`)
  reporting.done(command.type, answer.repeated, answer.events)
}

/** Opens the regions and stores that are not there yet. @throws ImportError */
export async function openStores(
  { organisation: wanted, zone }: Mapping,
  shell: Shell,
  execution: Execution,
): Promise<void> {
  if (!wanted) return
  const { state } = await shell.load(organisation, ORGANISATION_ID)
  const since = instantOf(startOfDay(wanted.since, zone))
  for (const { id, name } of wanted.regions)
    if (!state.regions.has(id)) await execution.organise('OpenRegion', { regionId: id, name }, `region/${id}`, since)
  for (const { id, name, region } of wanted.stores)
    if (!state.stores.has(id))
      await execution.organise('OpenStore', { storeId: id, regionId: region, name }, `store/${id}`, since)
}

/** Ids of everybody who was ever hired. */
export async function knownReps(shell: Shell): Promise<Set<string>> {
  const { state } = await shell.load(organisation, ORGANISATION_ID)
  return new Set(state.reps.keys())
}
