export { HASH, hashLeaf, leafHash } from './hash.ts'
export {
  consistencyProof,
  inclusionProof,
  merkleRoot,
  type Path,
  verifyConsistency,
  verifyInclusion,
} from './proofs.ts'
export { MerkleTree } from './tree.ts'
