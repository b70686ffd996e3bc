import { builtinPlaybooks, playbook } from '@headwater/sales'
import { defineEnum } from '../shared/enum.ts'
import { idOf } from '../shared/input.ts'
import { defineCommand } from '../shared/mutation.ts'
import { PlaybookRef } from '../shared/refs.ts'
import { entityResult } from '../shared/result.ts'

const PlaybookResult = entityResult(PlaybookRef, 'playbook', ({ loaders }, key) => loaders.playbooks.load(key))
const onPlaybook = {
  aggregate: playbook,
  command: 'PublishPlaybook',
  target: 'playbookId',
  result: PlaybookResult,
} as const

defineCommand('publishPlaybook', {
  ...onPlaybook,
  description:
    'Publishes the next version of a playbook, or the first of a new one. Versions never change afterwards; open deals stay with theirs.',
  fields: (t) => ({
    playbookId: idOf(t, 'Playbook', 'The playbook, or the id of a new one.', { required: true }),
    version: t.int({ description: 'Guards against two people publishing at once: it must be the next one.' }),
    definition: t.field({
      type: 'JSON',
      required: true,
      description:
        'Name, calendar, stages with their gates, and what those gates can ask for: as `PlaybookVersion.definition` shows it.',
    }),
  }),
})

const BuiltIn = defineEnum('BuiltInPlaybook', 'The playbooks that come with the product.', {
  'home-improvement': 'From the lead over contact, design and quote to the contract.',
  'b2b-device': 'From the confirmed need over solution, quote and contract to the first payment.',
} satisfies Record<keyof typeof builtinPlaybooks, string>)

defineCommand('publishBuiltInPlaybook', {
  ...onPlaybook,
  description: 'Publishes a playbook that comes with the product under its own id.',
  fields: (t) => ({ playbookId: t.field({ type: BuiltIn, required: true, description: 'Which one.' }) }),
  data: (_, { target }) => ({ definition: builtinPlaybooks[target as keyof typeof builtinPlaybooks] }),
})
