/**
 * Keys of data subjects (persons), 32 bytes each, kept outside the log. Destroying a key makes every field sealed with it
 * unreadable wherever it has travelled.
 */
export interface KeyVault {
  /** Keys for sealing, created where missing. A forgotten subject gets none (it is absent from the answer). */
  obtain(subjects: readonly string[]): Promise<ReadonlyMap<string, Buffer>>
  /** Keys for opening; unknown and forgotten subjects are absent. */
  find(subjects: readonly string[]): Promise<ReadonlyMap<string, Buffer>>
  /** Destroys the key for good. True when there was one. */
  destroy(subject: string): Promise<boolean>
  /** Keyed hash for look-ups of equal values (blind index); the same value in the same `domain` gives the same token. */
  blindIndex(domain: string, value: string): string
}
