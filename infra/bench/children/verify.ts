// Verifies the log of the database at argv[2] beside its recorded leaves and prints the highest memory that took, in MiB.
import { verify } from '@headwater/audit'
import { openPostgresLeafStore } from '@headwater/infra/audit'
import { openDatabase } from '@headwater/infra/database'
import { openPostgresStoredEvents } from '@headwater/infra/event-log'
import { residentMiB } from '../memory.ts'

const db = await openDatabase({ url: process.argv[2]! })
await verify({ log: openPostgresStoredEvents(db), leaves: await openPostgresLeafStore(db), closed: [] })
await db.close()
process.stdout.write(String(await residentMiB('self', 'peak')))
