import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { planEditorSchema } from './json-schema.ts'

it('the editors’ schema is that of the code; if not: npm run plan-schema -w @headwater/schema', async () => {
  expect(await readFile(new URL('plan.schema.json', import.meta.url), 'utf8')).toBe(planEditorSchema())
})
