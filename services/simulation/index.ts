// A simulated sales organisation and its story, for trying the product and for measuring it.
export type { FillOptions, FillProgress } from './fill.ts'
export { defaults, type SimulationIdentity, type SimulationSize } from './identity.ts'
export { StoryRefused } from './refused.ts'
export type { SimulationOptions } from './script.ts'
export { type FoundSimulation, findSimulation, simulate } from './simulate.ts'
