const floats = new Float32Array(1)
const bits = new Uint32Array(floats.buffer)
/** Durations from a millisecond up to 2^42 of them (139 years) have bins of their own; what is beyond shares the first or the last. */
const octaves = 43
/** Bins an octave, as a power of two. */
export const finest = 8
export const binsOf = (fine: number) => octaves << fine

/** Of milliseconds: in order of size. The first bits of a finest bin's number are that of a coarser one. */
export function binOf(value: number): number {
  if (!(value >= 1)) return 0
  floats[0] = value
  return Math.min(binsOf(finest) - 1, (bits[0]! >>> (23 - finest)) - (126 << finest))
}
