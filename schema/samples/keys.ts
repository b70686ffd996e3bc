import { createHash } from 'node:crypto'

/** The key that the samples' only person, `person-1`, is sealed with. */
export const sampleKeys = new Map([['person-1', createHash('sha256').update('headwater samples').digest()]])
