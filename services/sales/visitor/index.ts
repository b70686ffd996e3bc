// Visitors: somebody whom we met before we knew who it is.
import type { Aggregate, VisitorEvent } from '@headwater/schema'
import { VisitorCommand } from './commands.ts'
import { decide, needs, type VisitorNeeds } from './decide.ts'
import { evolve, initialState, type VisitorState } from './state.ts'

export { type Arrival, channelOf } from './channel.ts'
export { type ChannelRule, channelRules } from './channel-rules.ts'
export { VisitorCommand } from './commands.ts'
export type { VisitorNeeds, VisitorRefusal } from './decide.ts'
export type { VisitorState } from './state.ts'

export const visitor: Aggregate<VisitorState, VisitorCommand, VisitorEvent, VisitorNeeds> = {
  category: 'visitor',
  command: VisitorCommand,
  initialState,
  evolve,
  decide,
  begins: ['TouchVisitor', 'IdentifyVisitor'],
  needs,
  caseId: (id, { leadId, customerId }) => leadId ?? customerId ?? id,
}
