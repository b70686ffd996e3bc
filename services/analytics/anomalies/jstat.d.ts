/** The part of jStat that is used here; it ships without types. */
declare module 'jstat' {
  const jStat: {
    readonly hypgeom: {
      /** P(X ≤ x) of the hypergeometric distribution: `draws` out of `population`, `marked` of which count. */
      cdf(x: number, population: number, marked: number, draws: number): number
    }
    readonly beta: {
      /** The quantile of Beta(alpha, beta). */
      inv(probability: number, alpha: number, beta: number): number
    }
  }
  export default jStat
}
