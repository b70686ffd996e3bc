import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// Specs run on the TypeScript sources ("source" condition of each package's exports); only child processes need `dist`.
const common = {
  environment: 'node' as const,
  exclude: ['**/node_modules/**', '**/dist/**'],
  isolate: false, // modules are loaded once for all specs of a worker: whoever changes the process or a clock puts it back
}
const resolve = {
  conditions: ['source'],
  // Vite would take the ES module of graphql where Node, and so every library that builds on it, takes the CommonJS one.
  alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
}
const ssr = { resolve: { conditions: ['source', 'node'] } }

/** The long ones first, so that nobody waits for one at the end; and project by project, as a worker keeps its modules for one. */
class LongOnesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ project, moduleId }: TestSpecification) =>
      project.name === 'unit' ? 2 : /\.e2e\.spec\.ts$|\/proofs\//.test(moduleId) ? 0 : 1
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongOnesFirst },
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
