import path from 'node:path'

/** The repository, seen from the sources as from what is built of them. */
export const root = path.join(
  import.meta.dirname,
  ...(import.meta.dirname.endsWith('dist/harness') ? ['..'] : []),
  '..',
  '..',
  '..',
)
