/** Others kept writing to the stream while the command was decided: nothing was written; send it again under its id. */
export class Contention extends Error {
  override readonly name = 'Contention'
  constructor(
    readonly stream: string,
    readonly attempts: number,
    options?: ErrorOptions,
  ) {
    super(`stream ${stream} changed under each of ${attempts} attempts`, options)
  }
}

/** The stream holds an event of another kind of stream. */
export class WrongStreamKind extends Error {
  override readonly name = 'WrongStreamKind'
  constructor(
    readonly stream: string,
    /** The event's type, and the kind of stream it belongs in. */
    readonly type: string,
    readonly category: string,
  ) {
    super(`stream ${stream} holds ${type}, an event of a ${category}`)
  }
}
