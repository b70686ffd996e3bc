// A process of its own for the bench `command`: the same mutations as the usual server has them, which updates rows in place.
import { createServer } from 'node:http'
import express from 'express'
import { createSchema, createYoga } from 'graphql-yoga'
import pg from 'pg'
import { dealId, leadId } from '../material/mutations.ts'

const [connectionString, port, deals, leads] = process.argv.slice(2) as [string, string, string, string]
const pool = new pg.Pool({ connectionString })
const ids = (count: string, name: (n: number) => string) => Array.from({ length: Number(count) }, (_, n) => name(n))

await pool.query(`
  create schema crud;
  create table crud.deals (id text primary key, revision integer not null default 0, stage integer not null default 0,
    fields json not null default '[]', evidence jsonb not null default '[]', updated_at timestamptz not null default now());
  create table crud.leads (id text primary key, revision integer not null default 0, status text not null default 'NEW', channel text not null,
    phone text, updated_at timestamptz not null default now());
  create index on crud.leads (phone);
  create table crud.touches (id bigserial primary key, lead_id text not null references crud.leads, direction text not null, channel text not null)`)
await pool.query('insert into crud.deals (id) select unnest($1::text[])', [ids(deals, dealId)])
await pool.query(`insert into crud.leads (id, channel) select unnest($1::text[]), 'wechat'`, [ids(leads, leadId)])

interface Row {
  readonly id: string
  readonly revision: number
}

const one = async (name: string, text: string, values: readonly unknown[]): Promise<Row> =>
  (await pool.query({ name, text, values: [...values] })).rows[0]
const shownDeal = (deal: Row) => ({ __typename: 'DealPayload', revision: deal.revision, stream: deal.id, deal })
const shownLead = (lead: Row) => ({ __typename: 'LeadPayload', revision: lead.revision, stream: lead.id, lead })
const dealChange =
  (name: string, set: string, of: (input: Input) => readonly unknown[]) =>
  async (_: unknown, { input }: Arguments) =>
    shownDeal(
      await one(
        name,
        `update crud.deals set revision = revision + 1, updated_at = now(), ${set} where id = $1 returning *`,
        [input.dealId, ...of(input)],
      ),
    )

type Input = Readonly<Record<string, unknown>>
interface Arguments {
  readonly input: Input
}

const resolvers = {
  Mutation: {
    advanceDeal: dealChange('advance', 'stage = stage + 1', () => []),
    attachEvidence: dealChange('attach', 'evidence = evidence || $2::jsonb', ({ kind, file }) => [
      JSON.stringify([{ kind, file }]),
    ]),
    setDealFields: dealChange('set', 'fields = $2', ({ fields }) => [JSON.stringify(fields)]),
    captureLead: async (_: unknown, { input: { leadId, contact } }: Arguments) =>
      shownLead(
        await one('capture', `insert into crud.leads (id, channel, phone) values ($1, 'wechat', $2) returning *`, [
          leadId,
          (contact as { phone: string }).phone,
        ]),
      ),
    touchLead: async (_: unknown, { input: { leadId, direction } }: Arguments) =>
      shownLead(
        await one(
          'touch',
          `with touch as (insert into crud.touches (lead_id, direction, channel) values ($1, $2, 'wechat'))
           update crud.leads set revision = revision + 1, updated_at = now() where id = $1 returning *`,
          [leadId, direction],
        ),
      ),
  },
  Deal: { id: ({ id }: Row) => `Deal/${id}` },
  Lead: { id: ({ id }: Row) => `Lead/${id}`, source: ({ channel }: { channel: string }) => ({ channel }) },
}

const mutations = ['advanceDeal', 'attachEvidence', 'setDealFields', 'captureLead', 'touchLead']
const inputOf = (name: string) => `${name[0]!.toUpperCase()}${name.slice(1)}Input`
const typeDefs = `
  type Field { field: String! }
  type Evidence { kind: String! }
  type Source { channel: String }
  type Deal { id: ID! revision: Int! stage: String! fields: [Field!]! evidence: [Evidence!]! }
  type Lead { id: ID! revision: Int! status: String! source: Source! }
  type DealPayload { stream: String! revision: Int! deal: Deal }
  type LeadPayload { stream: String! revision: Int! lead: Lead }
  type CommandRefused { code: String! message: String! }
  union DealResult = DealPayload | CommandRefused
  union LeadResult = LeadPayload | CommandRefused
  ${mutations.map((name) => `scalar ${inputOf(name)}`).join('\n')}
  type Query { nothing: Boolean }
  type Mutation {
    ${mutations.map((name) => `${name}(input: ${inputOf(name)}!): ${/Lead/.test(name) ? 'Lead' : 'Deal'}Result!`).join('\n')}
  }`

const yoga = createYoga({ schema: createSchema({ typeDefs, resolvers }), logging: false })
const server = createServer(express().use(yoga.graphqlEndpoint, yoga)).listen(Number(port), '127.0.0.1', () => {
  process.stdout.write('ready\n')
})
process.once('SIGTERM', () => {
  server.close(() => void pool.end())
  server.closeIdleConnections()
})
