import { describe, expect, it } from 'vitest'
import { type DealState, previewMigration } from './index.ts'
import { book, budgetMissing, definition, evidence, given, lent, moved, need, opened, published } from './testing.ts'

describe('migrating to another version', () => {
  const renamed = definition({
    stages: [
      { ...book.stages[0]!, id: 'talk', exit: { evidence: [{ kind: 'brief', min: 2 }] } },
      book.stages[1]!,
      { ...book.stages[2]!, entry: { fields: ['budget', 'model'] } },
      book.stages[3]!,
    ],
  })
  const needs = { playbook: published(book, renamed) }
  const inOffer = given(opened(), evidence('e1', 'brief'), moved('need', 'trial'), moved('trial', 'offer', 3))
  const model = { ...budgetMissing, item: 'model' }
  const missing = [{ ...need, stage: 'talk', required: 2, present: 1 }, lent, budgetMissing, model]

  it('says what the gates passed so far would miss, and does not hinder', () => {
    const stages = { need: 'talk' }
    const moved = inOffer.when({ type: 'MigrateDeal', data: { toVersion: 2, stages } }, { needs })
    moved.thenDecided({
      type: 'DealMigrated',
      data: {
        from: { id: 'p', version: 1 },
        to: { id: 'p', version: 2 },
        fromStage: 'offer',
        toStage: 'offer',
        stages,
        missing,
      },
    })
    expect(moved.state).toMatchObject({ deal: { playbook: { version: 2 }, visited: ['talk', 'trial', 'offer'] } })
    const { deal: before } = inOffer.state as Exclude<DealState, { status: 'none' }>
    expect(previewMigration(before, renamed, stages)).toEqual({ stage: 'offer', missing, unmapped: [] })
    expect(previewMigration(before, renamed).unmapped).toEqual(['need'])
  })

  it('needs a place for the stage the deal is in', () => {
    given(opened())
      .when({ type: 'MigrateDeal', data: { toVersion: 2 } }, { needs })
      .thenRefused('unmapped-stage', {
        details: { stage: 'need', known: ['talk', 'trial', 'offer', 'order'], unmapped: ['need'] },
      })
    given(opened())
      .when({ type: 'MigrateDeal', data: { toVersion: 2, stages: { need: 'chat' } } }, { needs })
      .thenRefused('unknown-stage')
    expect(
      given(opened()).when({ type: 'MigrateDeal', data: { toVersion: 2, stages: { need: 'talk' } } }, { needs }).state,
    ).toMatchObject({ deal: { stage: 'talk' } })
  })

  it('does nothing for the version it has, and refuses one that is not there or a closed deal', () => {
    given(opened())
      .when({ type: 'MigrateDeal', data: { toVersion: 1 } }, { needs })
      .thenDecided()
    given(opened())
      .when({ type: 'MigrateDeal', data: { toVersion: 3 } }, { needs })
      .thenRefused('unknown-playbook-version')
    given(opened(), { type: 'DealLost', data: { stage: 'need', reason: 'price' } })
      .when({ type: 'MigrateDeal', data: { toVersion: 2 } }, { needs })
      .thenRefused('deal-lost')
  })
})
