import { refusing } from '@headwater/schema'

/** Every reason for which a lead refuses a command. */
export type LeadRefusal =
  | 'lead-not-found'
  | 'lead-exists'
  | 'lead-converted'
  | 'lead-merged'
  | 'waiver-not-allowed'
  | 'missing-tags'
  | 'no-way-to-contact'
  | 'unknown-rep'
  | 'rep-without-store'
  | 'not-qualified'
  | 'merge-into-itself'
  | 'survivor-not-found'
  | 'survivor-merged'

export const refuse = refusing<LeadRefusal>()
