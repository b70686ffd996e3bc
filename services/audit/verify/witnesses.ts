import type { LeafPage, LeafStore } from '@headwater/infra/ports'

/** Recorded leaves from a place of the log on: `page` has them from its leaf `start`; without a page there are none for `count` events. */
export interface Recorded {
  readonly page: LeafPage | undefined
  readonly start: number
  readonly count: number
}

/** Walks through the recorded leaves beside the log. Pages that were taken out leave a gap, pages laid over others are passed by. */
export class Witnesses {
  private readonly pages: AsyncIterator<LeafPage>
  private page: LeafPage | undefined
  private ended = false

  constructor(store: LeafStore) {
    this.pages = store.read()[Symbol.asyncIterator]()
  }

  /** What is recorded at `index` (ascending from call to call); undefined after the last of them. */
  async at(index: number): Promise<Recorded | undefined> {
    while (!this.ended && (!this.page || endOf(this.page) <= index)) {
      const { value, done } = await this.pages.next()
      if (done) this.ended = true
      else this.page = value
    }
    if (this.ended || !this.page) return undefined
    const { first } = this.page
    return first > index
      ? { page: undefined, start: 0, count: first - index }
      : { page: this.page, start: index - first, count: endOf(this.page) - index }
  }
}

const endOf = ({ first, ids }: LeafPage): number => first + ids.length / 16
