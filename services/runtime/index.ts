export { type Config, readConfig } from './config.ts'
export { type Headwater, openHeadwater } from './headwater.ts'
