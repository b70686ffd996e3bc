// The rooms of the house and what each may import; `architecture.spec.ts` fails on anything else.
const contexts = ['services/sales', 'services/organisation', 'services/finance', 'services/analytics']
const ports = 'infra/ports'

/** @type {Record<string, string[]>} room → what of ours it may import besides itself */
const rooms = {
  schema: [],
  'services/sales': ['schema'],
  'services/organisation': ['schema'],
  'services/finance': ['schema'],
  'services/shell': ['schema', ports],
  'services/application': ['schema', ...contexts, 'services/shell', ports],
  'services/import': ['schema', ...contexts, 'services/shell', 'services/application', ports],
  'services/simulation': ['schema', ...contexts, 'services/shell', 'services/application', ports],
  'services/analytics': ['schema'],
  'services/audit': ['schema', ports],
  projections: ['schema', ports, 'infra/database'],
  infra: ['schema'],
  'services/runtime': [
    ...['schema', ...contexts, 'services/shell', 'services/application', 'services/audit', 'projections', 'infra'],
  ],
}
rooms['services/api'] = Object.keys(rooms)
rooms['services/cli'] = Object.keys(rooms)

/** What stands outside the house: may import every room, and none imports it. */
const outside = ['infra/bench', 'infra/proofs']
for (const room of outside) rooms[room] = Object.keys(rooms)

const under = (paths) => `^(${paths.join('|')})/`
const ours = under(['schema', 'projections', 'services', 'infra'])
const spec = '\\.spec\\.ts$'
/** What is only there for specs: folders and modules named `testing`, contract suites. */
const testing = ['/testing/', '/testing\\.ts$', '^infra/.*/contract[^/]*\\.ts$']

/** Rooms that lie within this one: they have rules of their own. */
const inner = (room) => Object.keys(rooms).filter((other) => other.startsWith(`${room}/`))

/** Specs may also use the real adapters and what is there for testing: no mocks of engines. */
const roomRules = Object.entries(rooms).flatMap(([room, allowed]) => {
  const from = { path: under([room]), pathNot: inner(room).map((other) => under([other])) }
  const to = (...more) => ({ path: ours, pathNot: under([room, ...allowed, ...more]) })
  return [
    { name: `room ${room}`, severity: 'error', from: { ...from, pathNot: [...from.pathNot, spec] }, to: to() },
    {
      name: `room ${room}, specs`,
      severity: 'error',
      from: { path: [`${under([room])}.*${spec}`], pathNot: from.pathNot },
      to: to('infra', 'schema/samples'),
    },
  ]
})

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...roomRules,
    {
      name: 'nothing imports what stands outside the house',
      severity: 'error',
      from: { pathNot: under(outside) },
      to: { path: under(outside) },
    },
    {
      name: 'testing is for specs',
      severity: 'error',
      from: { pathNot: [spec, ...testing, under(outside)] },
      to: { path: [spec, ...testing] },
    },
    { name: 'no circular imports', severity: 'error', from: {}, to: { circular: true } },
    { name: 'every import leads somewhere', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    parser: 'swc',
    exclude: { path: '(^|/)(dist|peers)/' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { conditionNames: ['source', 'import', 'node', 'default'], exportsFields: ['exports'] },
  },
}
