export { CutOffMoved } from './commission.ts'
export { type Config, readConfig } from './config.ts'
export { openFunnels } from './funnels.ts'
export { type Headwater, openHeadwater } from './headwater.ts'
