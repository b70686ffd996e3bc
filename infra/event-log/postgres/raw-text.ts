import type { CustomTypesConfig } from 'pg'

/** Keeps the driver from parsing: values arrive as Postgres writes them. */
export const rawText: CustomTypesConfig = { getTypeParser: () => (value: string) => value }
