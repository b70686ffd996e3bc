/** Advisory locks of Headwater: one class (the first key), so that they never meet locks of other programs in the same database. */
export const LOCK_CLASS = 0x4844

export const Lock = {
  /** Shared by every process that uses the embedded cluster; whoever gets it exclusively is alone and may stop Postgres. */
  clusterUse: 1,
  /** Exclusive: the process that serves. */
  server: 2,
  /** Exclusive: migrations, one process at a time. */
  migration: 3,
} as const
