// A simulated sales organisation and its story, for trying the product and for measuring it.
export type { FillOptions, FillProgress } from './fill.ts'
export { defaults, type SimulationIdentity, type SimulationSize } from './identity.ts'
export { StoryRefused } from './refused.ts'
export type { Share, SimulationOptions } from './script.ts'
export { type FoundSimulation, findSimulation, type SimulateOptions, simulate, tellerOf } from './simulate.ts'
export type { Teller } from './teller.ts'
export { remoteTeller, serveTeller } from './thread.ts'
