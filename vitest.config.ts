import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// Specs run on the TypeScript sources ("source" condition of each package's exports); only child processes need `dist`.
const common = { environment: 'node' as const, exclude: ['**/node_modules/**', '**/dist/**'] }
const resolve = {
  conditions: ['source'],
  // Vite would take the ES module of graphql where Node, and so every library that builds on it, takes the CommonJS one.
  alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
}
const ssr = { resolve: { conditions: ['source', 'node'] } }

export default defineConfig({
  test: {
    // Specs wait for Postgres and for processes: on two cores, too, two of them at once.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        resolve,
        ssr,
        test: {
          ...common,
          name: 'unit',
          testTimeout: 30_000, // a busy machine is no failure
          include: ['**/*.spec.ts'],
          exclude: [...common.exclude, '**/*.{int,e2e}.spec.ts'],
        },
      },
      {
        resolve,
        ssr,
        test: {
          ...common,
          name: 'int',
          include: ['**/*.{int,e2e}.spec.ts'],
          globalSetup: ['./infra/testing/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
