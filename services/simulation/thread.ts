// A teller in a thread of its own: asked for one block at a time.
import { once } from 'node:events'
import type { MessagePort, Worker } from 'node:worker_threads'
import type { Teller, WrittenBlock } from './teller.ts'

/** Answers each call that comes from `remoteTeller`; an error ends the thread. */
export function serveTeller(port: MessagePort, teller: Teller): void {
  port.on('message', async (part: number) => port.postMessage(await teller.writeNext(part)))
}

/** The teller that the thread serves. */
export function remoteTeller(thread: Worker): Teller {
  return {
    async writeNext(part) {
      thread.postMessage(part)
      const [written] = await once(thread, 'message')
      return written as WrittenBlock | undefined
    },
  }
}
