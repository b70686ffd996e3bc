import { defineConfig } from 'rolldown'

/** Databases that knex could speak to, and a binding of pg: nobody installs them, and nothing asks for them. */
const absent = ['better-sqlite3', 'mysql', 'mysql2', 'oracledb', 'pg-native', 'pg-query-stream', 'sqlite3', 'tedious']

/** They come with binaries, or files, of their own. */
const apart = ['@duckdb/node-api', 'jiti']

// A command reads a few files instead of a thousand, which takes it half the time to start. What is imported lazily stays apart.
export default defineConfig({
  input: 'dist/main.js',
  platform: 'node',
  external: [...absent, ...apart],
  output: { dir: 'dist/bundle', chunkFileNames: '[name].js' },
})
