// The one schema builder: scalar types, conventions of nullability, and the Relay texts that all lists and nodes share.
import SchemaBuilder from '@pothos/core'
import RelayPlugin from '@pothos/plugin-relay'
import type { Context } from '../context.ts'
import { decodeGlobalId, encodeGlobalId } from './global-id.ts'

export const builder = new SchemaBuilder<{
  Context: Context
  DefaultFieldNullability: false
  DefaultEdgesNullability: false
  DefaultNodeNullability: false
  Scalars: {
    ID: { Input: string; Output: string }
    DateTime: { Input: string; Output: string }
    MinorUnits: { Input: number; Output: number }
    JSON: { Input: unknown; Output: unknown }
  }
}>({
  plugins: [RelayPlugin],
  defaultFieldNullability: false,
  relay: {
    encodeGlobalID: (typename, id) => encodeGlobalId(typename, String(id)),
    decodeGlobalID: decodeGlobalId,
    cursorType: 'String',
    edgesFieldOptions: { description: 'The items of this page, each with its cursor.', nullable: false },
    nodeFieldOptions: { description: 'The item.', nullable: false },
    cursorFieldOptions: { description: 'Marks this place in the list: hand it to `after` to go on behind it.' },
    pageInfoFieldOptions: { description: 'Whether there is more, and where to go on.' },
    pageInfoTypeOptions: { description: 'Where a page stands in its list.' },
    hasNextPageFieldOptions: { description: 'Whether the list goes on after this page.' },
    hasPreviousPageFieldOptions: {
      description: 'Always false: lists are read forwards, and what lies before a page is not looked up.',
    },
    startCursorFieldOptions: { description: 'Cursor of the first item; null for an empty page.' },
    endCursorFieldOptions: { description: 'Cursor of the last item; null for an empty page.' },
    nodeTypeOptions: { description: 'Whatever has an id of its own and can be fetched by it.' },
    idFieldOptions: { description: 'The global id: the type and the key, e.g. `Deal/D-1`.' },
    nodeQueryOptions: {
      description: 'Anything by its global id; null where there is no such thing.',
      nullable: true,
      args: { id: { description: 'A global id.' } },
    },
    nodesQueryOptions: {
      description: 'Several things by their global ids, in that order; null where there is no such thing.',
      nullable: { list: false, items: true },
      args: { ids: { description: 'Global ids.' } },
    },
    defaultConnectionTypeOptions: { description: 'A page of a list.' },
    defaultEdgeTypeOptions: { description: 'An item of a list and its place there.' },
  },
})

/** The builder's types, for helpers that take parts of it. */
export type Types = typeof builder extends PothosSchemaTypes.SchemaBuilder<infer T> ? T : never

builder.queryType({ description: 'What can be asked. Every query runs as the person whose token it carries.' })
builder.mutationType({
  description:
    'What can be done. Each mutation takes one `input` with a `commandId` chosen by the client: sending the same id again is safe and is answered with the first result. A command that is not carried out is answered with `CommandRefused`, as data.',
})
