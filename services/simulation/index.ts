// A simulated sales organisation and its story, for trying the product and for measuring it.
export { StoryRefused } from './fill.ts'
export { defaults, type SimulationOptions } from './script.ts'
export { type FoundSimulation, findSimulation, type SimulateOptions, simulate } from './simulate.ts'
