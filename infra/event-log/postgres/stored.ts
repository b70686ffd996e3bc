import type { Database } from '../../database/index.ts'
import type { StoredEvents, StoredPage } from '../../ports/stored-events.ts'
import { storedPage } from './page.sql.ts'
import { fromPosition, toPosition } from './position.ts'
import { numbers, rawText } from './raw-text.ts'
import { withRetry } from './retry.ts'

/** The bytes of the log that `openPostgresEventLog` opened in the same schema. */
export function openPostgresStoredEvents(db: Database, { schema = 'log' }: { schema?: string } = {}): StoredEvents {
  const statement = storedPage(schema)

  /** Undefined after the last one. */
  const page = async (after: number, until: number) => {
    const query = () => db.pool.query<Row>({ ...statement, values: [after, until], types: rawText })
    const row = (await withRetry(query)).rows[0]!
    return row.leaves === null ? undefined : decode(row)
  }

  return {
    async *readStored({ after, until } = {}) {
      const last = until === undefined ? Number.MAX_SAFE_INTEGER : fromPosition(until)
      const read = (from: number) => {
        const promise = page(from, last)
        promise.catch(() => {}) // whoever awaits it hears of the error; a consumer that has gone need not
        return promise
      }
      for (let next = read(fromPosition(after)); ; ) {
        const stored = await next
        if (!stored) return
        next = read(fromPosition(stored.positionOf(stored.count - 1)))
        yield stored
      }
    },
  }
}

interface Row {
  readonly leaves: string
  readonly sizes: string
  readonly ids: string
  readonly positions: string
}

function decode(row: Row): StoredPage {
  const sizes = numbers(row.sizes)
  const positions = numbers(row.positions)
  return {
    count: sizes.length,
    ids: Buffer.from(row.ids, 'hex'),
    bytes: Buffer.from(row.leaves),
    sizes,
    positionOf: (index) => toPosition(positions[index]!),
  }
}
