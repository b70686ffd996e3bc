// A thread that tells a share of a simulation, with connections of its own.
import { parentPort, workerData } from 'node:worker_threads'
import { openHeadwater, readConfig } from '@headwater/runtime'
import { openShell } from '@headwater/shell'
import { type Share, type SimulationIdentity, serveTeller, tellerOf } from '@headwater/simulation'

export interface TellerData {
  readonly databaseUrl: string
  readonly identity: SimulationIdentity
  readonly share: Share
}

const { databaseUrl, identity, share } = workerData as TellerData
const { log, application } = await openHeadwater({ ...readConfig(process.env), databaseUrl })
const shellOn: Parameters<typeof tellerOf>[1]['shellOn'] = (draft) => openShell({ ...application.options, log: draft })
serveTeller(parentPort!, tellerOf(identity, { log, shellOn }, share))
