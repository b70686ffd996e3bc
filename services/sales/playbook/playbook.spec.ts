import { PlaybookDefinition } from '@headwater/schema'
import { spec } from '@headwater/schema/testing'
import { describe, expect, it } from 'vitest'
import { builtinPlaybooks, definitionOf, latestVersion, playbook } from './index.ts'

const given = spec(playbook, { streamId: 'home-improvement' })
const first = builtinPlaybooks['home-improvement']
const second: PlaybookDefinition = { ...first, backdating: { limit: 'P7D' } }
const published = (version: number, definition: PlaybookDefinition) =>
  ({ type: 'PlaybookPublished', data: { playbookId: 'home-improvement', version, definition } }) as const

describe('publishing a playbook', () => {
  it('numbers the versions and keeps them all', () => {
    given()
      .when({ type: 'PublishPlaybook', data: { definition: first } })
      .thenDecided(published(1, first))
    const { state } = given(published(1, first)).when({
      type: 'PublishPlaybook',
      data: { definition: second, version: 2 },
    })
    expect(latestVersion(state)).toBe(2)
    expect(definitionOf(state, 1)).toEqual(first)
    expect(definitionOf(state, 2)).toEqual(second)
    expect(definitionOf(state, 3)).toBeUndefined()
  })

  it('does nothing where the newest version says the same, even to who names that version', () => {
    given(published(1, first))
      .when({ type: 'PublishPlaybook', data: { definition: first } })
      .thenDecided()
    given(published(1, first))
      .when({ type: 'PublishPlaybook', data: { definition: first, version: 1 } })
      .thenDecided()
  })

  it('goes back to an older text as a new version', () => {
    given(published(1, first), published(2, second))
      .when({ type: 'PublishPlaybook', data: { definition: first } })
      .thenDecided(published(3, first))
  })

  it('refuses the second of two who publish at once', () => {
    given(published(1, first))
      .when({ type: 'PublishPlaybook', data: { definition: second, version: 1 } })
      .thenRefused('version-conflict', { details: { expected: 1, next: 2 } })
  })
})

describe('the built-in playbooks', () => {
  const stages = (id: keyof typeof builtinPlaybooks) => builtinPlaybooks[id].stages

  it('have the stages of their trade', () => {
    expect(stages('home-improvement').map((s) => s.id)).toEqual(['lead', 'contact', 'design', 'quote', 'contract'])
    expect(stages('b2b-device').map((s) => s.id)).toEqual([
      'needs-confirmed',
      'solution-matched',
      'quote-approved',
      'contract-signed',
      'first-payment-received',
    ])
  })

  it('home improvement: a sketch for the design; a signed screenshot and a competitor price for the quote', () => {
    const [, , design, quote] = stages('home-improvement')
    expect(design?.exit.evidence).toEqual([{ kind: 'design-sketch', min: 1 }])
    expect(quote?.exit.evidence).toEqual([{ kind: 'signed-quote-screenshot', min: 1 }])
    expect(quote?.exit.fields).toEqual(['competitor-price'])
  })

  it('B2B devices: every stage has a document of its own', () => {
    const documents = stages('b2b-device').flatMap((s) => s.exit.evidence.map((e) => e.kind))
    expect(new Set(documents).size).toBe(5)
  })

  it('survive storing', () => {
    for (const definition of Object.values(builtinPlaybooks))
      expect(PlaybookDefinition.parse(JSON.parse(JSON.stringify(definition)))).toEqual(definition)
  })
})
