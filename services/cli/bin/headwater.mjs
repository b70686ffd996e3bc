#!/usr/bin/env node
// Committed as JavaScript, so that npm can link it before anything is built.
import { existsSync } from 'node:fs'

const main = new URL('../dist/bundle/main.js', import.meta.url)
if (existsSync(main)) await import(main.href)
else {
  console.error('headwater is not built yet: run `npm run build` in its repository')
  process.exitCode = 3
}
