import type { Actor } from '@headwater/schema'

/** Whom a query runs for. Every query takes one, so that what a viewer may see has one place to be decided. */
export type Viewer = Actor
