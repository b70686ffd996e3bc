import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { sharing } from './sharing.ts'

/** Look-ups whose batches end when told. */
function held(maxBatchSize = 100) {
  const batches: { readonly keys: readonly number[]; end(error?: Error): void }[] = []
  const lookup = sharing<number, string>((keys) => {
    const { promise, resolve, reject } = withResolvers<readonly string[]>()
    batches.push({ keys, end: (error) => (error ? reject(error) : resolve(keys.map(String))) })
    return promise
  }, maxBatchSize)
  return { batches, lookup }
}

function withResolvers<T>() {
  let resolve!: (value: T) => void
  let reject!: (error: Error) => void
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

const turns = async () => {
  for (let i = 0; i < 3; i++) await nextTurn()
}

test('what is asked for while two batches are under way goes together in the next one', async () => {
  const { batches, lookup } = held()
  const answers: Promise<string>[] = []
  for (const key of [1, 2, 3, 4, 5]) {
    answers.push(lookup.load(key))
    await turns()
  }
  expect(batches.map(({ keys }) => keys)).toEqual([[1], [2]])
  batches[1]!.end()
  await turns()
  expect(batches.map(({ keys }) => keys)).toEqual([[1], [2], [3, 4, 5]])
  for (const { end } of batches) end()
  expect(await Promise.all(answers)).toEqual(['1', '2', '3', '4', '5'])
})

test('a batch that fails holds up none of the others', async () => {
  const { batches, lookup } = held(1)
  const answers = Promise.allSettled([1, 2, 3, 4].map((key) => lookup.load(key)))
  await turns()
  batches[0]!.end(new Error('broken'))
  await turns()
  for (const { end } of batches.slice(1)) end()
  await turns()
  batches[3]!.end()
  expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
})
