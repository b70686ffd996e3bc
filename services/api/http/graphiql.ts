// The GraphiQL page at /graphql: complete in itself, so that it works without the internet, and what it starts with.
import type { GraphiQLOptions } from 'graphql-yoga'

const overview = `# Put a token into the Headers tab below (replace <token>); the docs are in the book on the left.
query Overview {
  playbooks { key name { en } latest { version stages { id name { en } } } }
  deals(first: 5, filter: { status: OPEN }) {
    edges {
      node {
        key
        rep { name { value } store { name } }
        standing { stage { name { en } } age overdue missing { kind item required present } }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
  funnel(query: { playbook: { id: "home-improvement" } }) {
    groups { stages { stage reached converted stepConversion open lost dwell { median p90 } } won }
  }
}
`

const capture = `# A command: sent again with the same commandId it changes nothing and gives the same answer.
mutation CaptureLead {
  captureLead(
    input: {
      commandId: "my-first-command"
      contact: { name: "Li Wei", phone: "138 0013 8000" }
      tags: { type: "renovation", region: "east", firstContactChannel: "wechat" }
      source: { channel: "wechat", campaign: "spring" }
    }
  ) {
    ... on LeadPayload {
      stream revision repeated
      lead { id status contact { name { value } phone { value } } duplicates { on lead { id } } }
    }
    ... on CommandRefused { code message fieldErrors { path message } }
  }
}
`

const headers = JSON.stringify({ authorization: 'Bearer <token>' }, null, 2)

/** Loaded at the first visit: the page carries some megabytes of script. */
export async function renderGraphiQL(options: GraphiQLOptions): Promise<string> {
  const page = await import('@graphql-yoga/render-graphiql')
  return page.renderGraphiQL(options)
}

export const graphiql = {
  title: 'Headwater',
  defaultQuery: overview,
  headers,
  defaultTabs: [overview, capture].map((query) => ({ query, headers })),
  shouldPersistHeaders: true,
}
