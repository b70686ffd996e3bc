import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const folder = path.join(import.meta.dirname, import.meta.dirname.endsWith('dist') ? '..' : '.', 'peers')

/** Loads a peer library, installing the peers' own package on first use. */
// biome-ignore lint/suspicious/noExplicitAny: peers are not on our compiler's path, so that `npm ci` stays lean
export const loadPeer = async (name: string): Promise<any> => {
  if (!existsSync(path.join(folder, 'node_modules', ...name.split('/')))) {
    process.stderr.write('Installing the peers to compare with (first use only) …\n')
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  }
  return import(pathToFileURL(createRequire(path.join(folder, 'package.json')).resolve(name)).href)
}
