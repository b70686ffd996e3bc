// Global ids read `<Type>/<key>`. A key never holds a slash, so a bare key can stand wherever the type is known.
import { Id } from '@headwater/schema'
import { GraphQLError } from 'graphql'

/** What has a global id. */
export const nodeTypes = [
  'Region',
  'Store',
  'Rep',
  'Playbook',
  'PlaybookVersion',
  'Lead',
  'Customer',
  'Deal',
  'Contract',
  'CommissionPlan',
  'CoachingCase',
]

/** `Deal`, `D-1` → `Deal/D-1`. */
export const encodeGlobalId = (typename: string, key: string): string => `${typename}/${key}`

/** @throws GraphQLError `BAD_USER_INPUT` */
export function decodeGlobalId(globalId: string): { typename: string; id: string } {
  const typename = globalId.slice(0, Math.max(globalId.indexOf('/'), 0))
  if (!nodeTypes.includes(typename)) throw badInput(`"${globalId}" is not a global id such as Deal/D-1.`)
  return { typename, id: globalId.slice(typename.length + 1) }
}

/** Why a text is no id of the type, or its key: from `Deal/D-1` or plain `D-1` the key `D-1`. */
export function readKey(typename: string, id: string): { key: string } | { wrong: string } {
  const key = id.startsWith(`${typename}/`) ? id.slice(typename.length + 1) : id
  if (!Id.safeParse(key).success)
    return { wrong: `"${id}" is not the id of a ${typename}, such as ${typename}/X1 or X1` }
  return { key }
}

/** The key in an argument of a query. @throws GraphQLError `BAD_USER_INPUT` */
export function keyOf(typename: string, id: string): string {
  const read = readKey(typename, id)
  if ('wrong' in read) throw badInput(`${read.wrong}.`)
  return read.key
}

/** What a client can mend. */
export const badInput = (message: string) => new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })
