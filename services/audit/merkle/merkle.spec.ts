import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  MerkleTree,
  merkleRoot,
  verifyConsistency,
  verifyInclusion,
} from './index.ts'

// The tree that Google's Certificate Transparency code and its successors (trillian, transparency-dev/merkle) test with.
const data = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const leaves = data.map((hex) => leafHash(Buffer.from(hex, 'hex')))
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

const grown = (hashes: readonly Buffer[]) => {
  const tree = new MerkleTree()
  for (const hash of hashes) tree.add(hash)
  return tree.root()
}

describe('known trees', () => {
  test.each(roots.map((root, size) => [size, root] as const))('root of the first %i leaves', (size, root) => {
    expect(grown(leaves.slice(0, size))).toBe(root)
    expect(merkleRoot(leaves.slice(0, size))).toBe(root)
  })

  const a = [
    '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  ]
  test('proofs of inclusion', () => {
    expect(inclusionProof(leaves, 0)).toEqual(a)
    expect(inclusionProof(leaves.slice(0, 3), 2)).toEqual([roots[2]])
    expect(inclusionProof(leaves.slice(0, 1), 0)).toEqual([])
    expect(() => inclusionProof(leaves, 8)).toThrow(RangeError)
  })

  test('proofs of consistency', () => {
    expect(consistencyProof(leaves, 1)).toEqual(a)
    expect(consistencyProof(leaves, 6)).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      roots[4],
    ])
    expect(consistencyProof(leaves, 8)).toEqual([])
    expect(() => consistencyProof(leaves, 0)).toThrow(RangeError)
  })
})

describe('laws', () => {
  const hashes = fc.integer({ min: 1, max: 70 }).map((n) => Array.from({ length: n }, (_, i) => leafHash(`leaf ${i}`)))
  const flip = (hex: string) => `${hex[0] === '0' ? '1' : '0'}${hex.slice(1)}`

  test('a tree grown leaf by leaf has the root of its definition; added at once or cloned on the way, it is the same', () => {
    fc.assert(
      fc.property(hashes, fc.nat(), (all, at) => {
        expect(grown(all)).toBe(merkleRoot(all))
        const tree = new MerkleTree()
        const middle = at % all.length
        tree.add(Buffer.concat(all), 0, middle)
        const clone = tree.clone()
        for (const each of [clone, tree]) each.add(Buffer.concat(all), middle)
        expect([tree.size, tree.root(), clone.root()]).toEqual([all.length, merkleRoot(all), merkleRoot(all)])
      }),
    )
  })

  test("every leaf's proof holds, and none that was altered", () => {
    fc.assert(
      fc.property(hashes, (all) => {
        const root = merkleRoot(all)
        for (const [index, leaf] of all.entries()) {
          const proof = { index, size: all.length, path: inclusionProof(all, index), root }
          expect(verifyInclusion(leaf, proof)).toBe(true)
          const { path } = proof
          const altered = [
            { ...proof, root: flip(root) },
            ...path.map((hash, i) => ({ ...proof, path: path.with(i, flip(hash)) })),
            ...path.map((_, i) => ({ ...proof, path: path.toSpliced(i, 1) })),
            { ...proof, path: [...path, root] },
            { ...proof, path: [...path, 'no hash'] },
            ...all.map((_, other) => ({ ...proof, index: other })).filter((other) => other.index !== index),
            { ...proof, index: index + all.length },
            { ...proof, index: -1 },
          ]
          for (const proof of altered) expect(verifyInclusion(leaf, proof)).toBe(false)
          expect(verifyInclusion(leafHash('another'), proof)).toBe(false)
        }
      }),
      { numRuns: 30 },
    )
  })

  test('every earlier tree is proven to be a prefix, and nothing else is', () => {
    fc.assert(
      fc.property(hashes, (all) => {
        const root = merkleRoot(all)
        for (let oldSize = 1; oldSize <= all.length; oldSize++) {
          const oldRoot = merkleRoot(all.slice(0, oldSize))
          const proof = { oldSize, oldRoot, size: all.length, root, path: consistencyProof(all, oldSize) }
          expect(verifyConsistency(proof)).toBe(true)
          const { path } = proof
          const rewritten = [leafHash('rewritten'), ...all.slice(1)]
          const altered = [
            { ...proof, oldRoot: flip(oldRoot) },
            { ...proof, root: flip(root) },
            { ...proof, oldRoot: merkleRoot(rewritten.slice(0, oldSize)) },
            ...path.map((hash, i) => ({ ...proof, path: path.with(i, flip(hash)) })),
            ...path.map((_, i) => ({ ...proof, path: path.toSpliced(i, 1) })),
            { ...proof, path: [...path, root] },
            { ...proof, oldSize: 0 },
            { ...proof, oldSize: all.length + 1 },
          ]
          for (const proof of altered) expect(verifyConsistency(proof)).toBe(false)
        }
      }),
      { numRuns: 30 },
    )
  })
})
