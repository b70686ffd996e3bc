// Writes schema.graphql, which front ends generate their types from.
import { writeFileSync } from 'node:fs'
import { printSchema } from 'graphql'
import { schema } from '../schema.ts'

writeFileSync(new URL('../../schema.graphql', import.meta.url), `${printSchema(schema)}\n`)
