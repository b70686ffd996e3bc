// A process of its own for the bench `memory`: reads the log, catches up with it or rebuilds from it, and prints the most that it held, in MiB.
import { readModels, rebuildAll } from '@headwater/projections'
import { openHeadwater } from '@headwater/runtime'
import { residentMiB } from '../memory.ts'

const [work, databaseUrl, dataDir] = process.argv.slice(2) as [string, string, string]
const headwater = await openHeadwater({ databaseUrl, dataDir, masterKey: undefined })
if (work === 'read') for await (const { events } of headwater.log.readAll()) void events
else if (work === 'catch-up') await headwater.readModels.catchUp()
else await rebuildAll(headwater, readModels)
process.stdout.write(String(await residentMiB('self', 'peak')))
await headwater.close()
