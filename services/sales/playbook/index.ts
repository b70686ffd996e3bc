// Playbooks: the funnel as data, one stream each, an event per version.
import type { Aggregate, PlaybookEvent } from '@headwater/schema'
import { PlaybookCommand } from './commands.ts'
import { decide } from './decide.ts'
import { evolve, initialState, type PlaybookState } from './state.ts'

export { builtinPlaybooks } from './builtin/index.ts'
export { PlaybookCommand } from './commands.ts'
export type { PlaybookRefusal } from './decide.ts'
export { definitionOf, latestVersion, type PlaybookState } from './state.ts'

export const playbook: Aggregate<PlaybookState, PlaybookCommand, PlaybookEvent> = {
  category: 'playbook',
  command: PlaybookCommand,
  initialState,
  evolve,
  decide,
  caseId: (id) => id,
}
