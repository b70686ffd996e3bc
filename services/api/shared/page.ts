// Relay connections over keyset pages. Lists are read forwards.
import { InvalidCursor, type Page } from '@headwater/projections'
import type { ArgBuilder, ObjectRef } from '@pothos/core'
import { builder, type Types } from './builder.ts'
import { badInput } from './global-id.ts'

export const pageSize = { default: 25, most: 200 } as const

/** Names the page and edge types of a list: `DealConnection`, `DealEdge`. */
// biome-ignore lint/suspicious/noExplicitAny: variance: any type will do
export function connectionOf<Ref extends ObjectRef<Types, any>>(ref: Ref) {
  return builder.connectionObject(
    { type: ref, name: `${ref.name}Connection`, description: 'A page of a list.' },
    { name: `${ref.name}Edge`, description: 'An item of a list and its place there.' },
  )
}

/** The arguments of every list. */
export const pageArgs = (t: ArgBuilder<Types>) => ({
  first: t.int({
    description: `How many items, from 1 to ${pageSize.most}; ${pageSize.default} where it is left out.`,
  }),
  after: t.string({ description: 'Cursor of the last item seen; from the beginning where it is left out.' }),
})

interface PageArgs {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
}

/**
 * A page as a Relay connection.
 * @throws GraphQLError `BAD_USER_INPUT` for a page that is too large and for a cursor of elsewhere
 */
export async function connection<Row>(
  { first, after }: PageArgs,
  read: (page: { first: number; after?: string }) => Promise<Page<Row>>,
) {
  const size = first ?? pageSize.default
  if (size < 1 || size > pageSize.most) throw badInput(`"first" is from 1 to ${pageSize.most}.`)
  const { edges, hasNextPage } = await read({ first: size, ...(after != null && { after }) }).catch(
    (error: unknown) => {
      throw error instanceof InvalidCursor ? badInput(`${error.message}.`) : error
    },
  )
  return {
    edges: [...edges],
    pageInfo: {
      hasNextPage,
      hasPreviousPage: false,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}
