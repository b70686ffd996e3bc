#!/usr/bin/env node
// Checks that a commission statement or line was among those of a closed month when the month was sealed. It needs Node 20 or later and nothing else:
//
//   node verify.mjs proof.json [SEAL]
//
// Compare the seal that it prints with the one on your statement, or give that one as SEAL. Ends with 0 where the proof holds, 1 where it
// does not, 2 where it cannot be read. Hashes: SHA-256; JSON is put in canonical form (RFC 8785); the tree is that of RFC 9162 §2.1.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
const LEAF = Buffer.from([0])
const NODE = Buffer.from([1])
const isHash = (text) => typeof text === 'string' && /^[0-9a-f]{64}$/.test(text)
const isCount = (n) => Number.isSafeInteger(n) && n >= 0

/** The one text of a JSON value: keys sorted, no white space. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const members = Object.keys(value).sort()
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`
}

/** Root of the tree of `size` leaves in which the leaf is at `index`, or undefined where the path does not fit such a tree. */
function rootFrom(leaf, index, size, path) {
  if (!isCount(index) || !isCount(size) || index >= size || !Array.isArray(path) || !path.every(isHash))
    return undefined
  let hash = leaf
  let place = index
  let last = size - 1
  for (const text of path) {
    if (last === 0) return undefined
    const other = Buffer.from(text, 'hex')
    if (place % 2 === 1 || place === last) {
      hash = sha256(NODE, other, hash)
      while (place % 2 === 0 && place > 0) {
        place /= 2
        last = Math.floor(last / 2)
      }
    } else hash = sha256(NODE, hash, other)
    place = Math.floor(place / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 ? hash.toString('hex') : undefined
}

/** What is wrong with the proof, or undefined. */
function wrong({ format, version, leaf, index, path, close }, expectedSeal) {
  if (format !== 'headwater-proof' || version !== 1) return 'it is no proof of a kind that this script knows'
  if (leaf === undefined || typeof close !== 'object' || close === null) return 'it is incomplete'
  const { period, statements, lines, total, linesRoot, log, previousSeal, seal } = close
  if (!isCount(statements) || !isCount(lines)) return 'it is incomplete'
  const root = rootFrom(sha256(LEAF, canonical(leaf)), index, statements + lines, path)
  if (root === undefined || root !== linesRoot) return 'it is not among the statements and lines of that month'
  const sealed = { period, statements, lines, total, linesRoot, log, previousSeal }
  if (Object.values(sealed).includes(undefined)) return 'it is incomplete'
  if (sha256(canonical(sealed)).toString('hex') !== seal) return 'the seal is not over what it says of that month'
  if (expectedSeal !== undefined && seal !== expectedSeal.toLowerCase()) return 'it has another seal than the one given'
  return undefined
}

const [file, expectedSeal] = process.argv.slice(2)
let proof
try {
  if (file === undefined) throw new Error('usage: node verify.mjs proof.json [SEAL]')
  proof = JSON.parse(readFileSync(file, 'utf8'))
  if (typeof proof !== 'object' || proof === null) throw new Error(`${file} is no proof`)
} catch (error) {
  console.error(error.message)
  process.exit(2)
}
const reason = wrong(proof, expectedSeal)
if (reason) {
  console.error(`NOT PROVEN: ${reason}`)
  process.exitCode = 1
} else {
  const { leaf, index, close } = proof
  const what = leaf?.kind === 'statement' ? 'statement' : 'line'
  const all = `${close.statements} statements and ${close.lines} lines of ${close.period}`
  console.log(
    `PROVEN: a ${what}, at ${index} (counted from 0) of the ${all}, sealed with ${close.log.size} events of the log`,
  )
  console.log(`${what}  ${canonical(leaf)}`)
  console.log(`seal  ${close.seal}`)
  if (expectedSeal === undefined) console.log('Compare the seal with the one on your statement of that month.')
}
