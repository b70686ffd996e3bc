import { PlaybookDefinition } from '@headwater/schema'
import { b2bDevice } from './b2b-device.ts'
import { homeImprovement } from './home-improvement.ts'

/** The playbooks that come with the product, by id; a business starts from them and publishes its own versions. */
export const builtinPlaybooks = {
  'home-improvement': PlaybookDefinition.parse(homeImprovement),
  'b2b-device': PlaybookDefinition.parse(b2bDevice),
} as const
