/** Visits with the series that their durations are of. Its room is kept when it is cleared. */
export class VisitList {
  visits = new Int32Array(4096)
  series = new Int32Array(4096)
  count = 0

  push(visit: number, series: number): void {
    if (this.count === this.visits.length) {
      this.visits = doubled(this.visits)
      this.series = doubled(this.series)
    }
    this.visits[this.count] = visit
    this.series[this.count++] = series
  }

  clear(): void {
    this.count = 0
  }
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(array.length * 2)
  grown.set(array)
  return grown
}
