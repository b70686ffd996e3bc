import type { CustomTypesConfig } from 'pg'

/** Keeps the driver from parsing: values arrive as Postgres writes them. */
export const rawText: CustomTypesConfig = { getTypeParser: () => (value: string) => value }

/** From Postgres's way of writing an array, `{1,2,3}`. */
export const numbers = (array: string): number[] => JSON.parse(`[${array.slice(1, -1)}]`)
