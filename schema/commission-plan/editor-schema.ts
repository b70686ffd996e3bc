// Writes the JSON schema that editors check plans with: `npm run plan-schema -w @headwater/schema`.
import { writeFile } from 'node:fs/promises'
import { planEditorSchema } from './json-schema.ts'

await writeFile(new URL('../../commission-plan/plan.schema.json', import.meta.url), planEditorSchema())
