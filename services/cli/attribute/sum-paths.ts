// A large file of paths, added up by DuckDB in half the time that reading it row by row takes.
import { literal, quoted } from '../export/columns.ts'
import { withDuck } from '../export/duck.ts'

/** A path with the amounts of all its rows, in millionths. */
export interface SummedPath {
  readonly text: string
  readonly conversions: number
  readonly value: number
  readonly nulls: number
}

/**
 * Paths with their amounts, each once; undefined where a row is anything but plain: whoever reads row by row says what is wrong, and where.
 * @param columns the header, as the file has it
 */
export async function sumPaths(
  { path, gzip }: { readonly path: string; readonly gzip: boolean },
  columns: readonly string[],
): Promise<readonly SummedPath[] | undefined> {
  const names = ['total_conversions', 'total_conversion_value', 'total_null'].map((name) =>
    columns.includes(name) ? quoted(name) : `'0'`,
  )
  const amounts = names.map((text, i) => `try_cast(${text} as decimal(21, 6)) as amount_${i}`).join(', ')
  // Digits with at most six decimals; expressions of patterns would take most of the time.
  const plain = names
    .map(
      (text) =>
        `translate(${text}, '0123456789.', '') = '' and not starts_with(${text}, '.') and not ends_with(${text}, '.')
         and (strpos(${text}, '.') = 0 or length(${text}) - strpos(${text}, '.') <= 6)`,
    )
    .join(' and ')
  const named = columns.map((name) => `${literal(name)}: 'varchar'`).join(', ')
  const file = `read_csv(${literal(path)}, delim = ',', quote = '"', escape = '"', header = true, columns = {${named}},
    auto_detect = false, compression = ${gzip ? `'gzip'` : `'none'`})`
  // Amounts without a decimal point: as wide as their sums may be, and numbers here after they were looked at.
  const sum = (amount: string) => `cast(sum(${amount}) * 1000000 as double)`
  return withDuck(async (duck) => {
    try {
      const result = await duck.stream(`
        select path, ${sum('amount_0')}, ${sum('amount_1')}, ${sum('amount_2')},
          bool_and(coalesce(plain and (amount_0 > 0 or amount_1 = 0), false))
        from (select path, ${amounts}, ${plain} as plain from ${file}) group by path order by path`)
      const paths: SummedPath[] = []
      for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
        const [texts, counts, values, lost, fine] = chunk.getColumns()
        for (let i = 0; i < chunk.rowCount; i++) {
          if (fine![i] !== true || typeof texts![i] !== 'string') return undefined
          paths.push({
            ...{ text: texts![i] as string, conversions: counts![i] as number },
            ...{ value: values![i] as number, nulls: lost![i] as number },
          })
        }
      }
      return paths
    } catch {
      return undefined
    }
  })
}
