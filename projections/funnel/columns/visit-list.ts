/** Visits with the series that their durations are of. Its room is kept when it is cleared. */
export class VisitList {
  visits = new Int32Array(0)
  series = new Int32Array(0)
  count = 0

  push(visit: number, series: number): void {
    this.fit(1)
    this.visits[this.count] = visit
    this.series[this.count++] = series
  }

  /** Makes room for so many more. */
  fit(more: number): void {
    const size = this.count + more
    if (size <= this.visits.length) return
    const [visits, series] = [new Int32Array(size * 2), new Int32Array(size * 2)]
    visits.set(this.visits)
    series.set(this.series)
    this.visits = visits
    this.series = series
  }

  clear(): void {
    this.count = 0
  }
}
