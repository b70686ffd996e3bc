import { type PlaybookDefinition, streamId } from '@headwater/schema'
import type { ReadModel } from '../engine/read-model.ts'
import { playbooks, playbookVersions } from './tables.ts'

const parts = { versions: playbookVersions }

/** Playbooks with all their versions. */
export const playbooksModel: ReadModel<typeof playbooks, typeof parts> = {
  name: 'playbooks',
  version: 1,
  root: playbooks,
  parts,
  streams: ['playbook-'],
  key: (event) => streamId(event.stream),
  evolve(playbook, event) {
    if (event.type !== 'PlaybookPublished') return playbook
    const { playbookId, version } = event.data
    const definition = event.data.definition as PlaybookDefinition
    const publishedAt = event.meta.occurredAt
    return {
      root: { playbookId, revision: event.revision, latestVersion: version, name: definition.name, publishedAt },
      versions: [...(playbook?.versions ?? []), { playbookId, version, definition, publishedAt }],
    }
  },
}
