import { LogUnavailable } from '@headwater/infra/ports'
import { GraphQLError } from 'graphql'
import { describe, expect, test } from 'vitest'
import { faultMask } from './faults.ts'

const logged: object[] = []
const log = (fields: object) => void logged.push(fields)
const mask = faultMask({ info: log, error: log })
const database = (message: string, code?: string) => Object.assign(new Error(message), code && { code })
const codeOf = (error: unknown) =>
  mask(new GraphQLError('found on the way', { originalError: error as Error })).extensions

describe('what a client sees', () => {
  test.each([
    ['the log cannot be reached', new LogUnavailable('down')],
    ['Postgres was killed', database('terminating connection due to unexpected postmaster exit', '57P01')],
    ['Postgres recovers', database('the database system is starting up', '57P03')],
    ['Postgres is not there', database('connect ECONNREFUSED 127.0.0.1:5432', 'ECONNREFUSED')],
    ['a connection is gone', database('Client has encountered a connection error and is not queryable')],
  ])('while %s: to try again, 503', (_, error) => {
    expect(codeOf(error)).toEqual({ code: 'TRY_AGAIN', http: { status: 503 } })
  })

  test('of a text that Postgres does not keep: that it is no good', () => {
    expect(codeOf(database('invalid byte sequence', '22021'))).toEqual({ code: 'BAD_USER_INPUT' })
  })

  test('of a fault of ours: its number, by which the log has it', () => {
    const fault = new TypeError('x is not a function')
    const { code, correlationId } = codeOf(fault)
    expect(code).toBe('INTERNAL')
    expect(logged).toContainEqual(expect.objectContaining({ err: fault, correlationId }))
  })
})
