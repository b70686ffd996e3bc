import type { Dated, PlaybookDefinition, PlaybookEvent } from '@headwater/schema'

export type PlaybookState =
  | { readonly status: 'none' }
  | {
      readonly status: 'published'
      readonly playbookId: string
      /** Version n at index n − 1. */
      readonly versions: readonly [PlaybookDefinition, ...PlaybookDefinition[]]
    }

export const initialState: PlaybookState = { status: 'none' }

export function evolve(state: PlaybookState, { data }: Dated<PlaybookEvent>): PlaybookState {
  return {
    status: 'published',
    playbookId: data.playbookId,
    versions: state.status === 'none' ? [data.definition] : [...state.versions, data.definition],
  }
}

/** How many versions there are, which is the newest one's number; 0 before the first. */
export const latestVersion = (state: PlaybookState): number => (state.status === 'none' ? 0 : state.versions.length)

/** The definition of one version; undefined where there is none. */
export const definitionOf = (state: PlaybookState, version: number): PlaybookDefinition | undefined =>
  state.status === 'none' ? undefined : state.versions[version - 1]
