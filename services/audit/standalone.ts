import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** The text of the script that checks a proof with Node alone; it goes with every export as `verify.mjs`. */
export function standaloneVerifier(): string {
  return readFileSync(createRequire(import.meta.url).resolve('@headwater/audit/verify.mjs'), 'utf8')
}
