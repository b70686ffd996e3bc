/** A row as it stands in the file; `line` is where it begins. */
export interface Row {
  readonly line: number
  readonly cells: readonly string[]
}
