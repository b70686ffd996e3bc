import { type Decision, type DecisionContext, type PlaybookEvent, refuse, sameData } from '@headwater/schema'
import type { PlaybookCommand } from './commands.ts'
import { definitionOf, latestVersion, type PlaybookState } from './state.ts'

export type PlaybookRefusal = 'version-conflict'

/** The next version; nothing where the newest says the very same. */
export function decide(
  { data: { version, definition } }: PlaybookCommand,
  state: PlaybookState,
  { streamId }: DecisionContext,
): Decision<PlaybookEvent> {
  const latest = latestVersion(state)
  if (sameData(definition, definitionOf(state, latest))) return []
  const next = latest + 1
  if (version !== undefined && version !== next) {
    const code: PlaybookRefusal = 'version-conflict'
    return refuse(
      code,
      `The next version of ${streamId} is ${next}, not ${version}: look at version ${latest} and publish again.`,
      {
        details: { expected: version, next },
      },
    )
  }
  return [{ type: 'PlaybookPublished', data: { playbookId: streamId, version: next, definition } }]
}
