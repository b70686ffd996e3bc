/** A value of a cell. Amounts are texts (`1234.50`), so that no spreadsheet makes them fractions of binary. */
export type Cell = string | number | boolean | null

/** A table to be exported: a statement's lines, its explanations ... */
export interface Table {
  /** Of the sheet; at most 31 characters, none of `* ? : \ / [ ]`. */
  readonly name: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}
