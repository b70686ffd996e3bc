import type { EventLog } from '@headwater/infra/ports'

/** A log whose writer dies at its n-th append from now, just before the events are there or just after. */
export function dyingAt(log: EventLog, n: number, when: 'before' | 'after'): EventLog {
  let appends = 0
  return Object.assign(Object.create(log) as EventLog, {
    async append(...args: Parameters<EventLog['append']>) {
      appends++
      if (appends > n || (appends === n && when === 'before')) throw new Error('killed')
      const appended = await log.append(...args)
      if (appends === n) throw new Error('killed')
      return appended
    },
  })
}
