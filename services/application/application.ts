// Everything that can be asked of the write side.

import type { EventLog, KeyVault, Telemetry } from '@headwater/infra/ports'
import { type Actor, refuse } from '@headwater/schema'
import {
  type Answer,
  type Clock,
  type CommandEnvelope,
  type Item,
  openShell,
  refused,
  type Shell,
  type ShellOptions,
  systemClock,
} from '@headwater/shell'
import { type ConvertLeadAnswer, convertLead, type LeadConversion } from './convert-lead.ts'
import { forgetPerson } from './forget-person.ts'
import { inLanes } from './lanes.ts'
import { type MergeLeadsAnswer, mergeLeads } from './merge-leads.ts'
import { type DealMigration, type MigratedDeal, migrateDeals } from './migrate-deals.ts'
import { Offline, type OfflineAnswer, type OfflineItem } from './offline/submit.ts'
import { person } from './person.ts'
import { aggregates, type LeadLookup, lookups, onlyOnes } from './registry.ts'
import type { Target } from './target.ts'

export interface ApplicationOptions {
  readonly log: EventLog
  readonly vault: KeyVault
  readonly leadLookup: LeadLookup
  /** The system's unless given. */
  readonly clock?: Clock
  readonly telemetry?: Telemetry | undefined
}

export interface TargetedItem extends Item {
  readonly target: Target
}

/** Every use case may be sent again under its command id: it is completed where a crash left it undone, and has one effect. */
export interface Application {
  readonly shell: Shell
  /** What the shell was opened with, for who wants another one, say on another log. */
  readonly options: ShellOptions
  dispatch(target: Target, command: Item['command'], envelope: CommandEnvelope): Promise<Answer>
  /**
   * Many commands, answered in their order, each on its own. Those of one stream are carried out in order with one append, streams beside
   * each other. @throws what the shell throws: send all of them again
   */
  dispatchAll(items: readonly TargetedItem[]): Promise<readonly Answer[]>
  convertLead(leadId: string, conversion: LeadConversion, envelope: CommandEnvelope): Promise<ConvertLeadAnswer>
  mergeLeads(duplicateId: string, survivorId: string, envelope: CommandEnvelope): Promise<MergeLeadsAnswer>
  migrateDeals(migration: DealMigration, envelope: CommandEnvelope): Promise<readonly MigratedDeal[]>
  forgetPerson(subject: string, reason: string, envelope: CommandEnvelope): Promise<Answer>
  submitOfflineBatch(deviceId: string, items: readonly OfflineItem[], actor: Actor): Promise<readonly OfflineAnswer[]>
}

export function createApplication(given: ApplicationOptions): Application {
  const { log, vault, leadLookup, clock = systemClock, telemetry } = given
  const options: ShellOptions = {
    log,
    vault,
    clock,
    telemetry,
    aggregates: [...aggregates.values(), person],
    lookups: lookups(leadLookup),
  }
  const shell = openShell(options)

  const dispatchTo = async ({ category, id }: Target, items: readonly Item[]): Promise<readonly Answer[]> => {
    const aggregate = aggregates.get(category)
    if (!aggregate) return items.map(() => refused(unknownCategory(category)))
    const only = onlyOnes[category]
    if (only !== undefined && id !== only) return items.map(() => refused(onlyOne(category, only, id)))
    return shell.executeAll(aggregate, id, items)
  }
  const dispatch: Application['dispatch'] = async (target, command, envelope) =>
    (await dispatchTo(target, [{ command, envelope }]))[0]!
  const offline = new Offline({ log, vault, clock, dispatch })

  return {
    shell,
    options,
    dispatch,
    async dispatchAll(items) {
      const answers = new Array<Answer>(items.length)
      await inLanes([...byStream(items).values()], async (places) => {
        const group = places.map((place) => items[place]!)
        const answered = await dispatchTo(group[0]!.target, group)
        for (const [n, place] of places.entries()) answers[place] = answered[n]!
      })
      return answers
    },
    convertLead: (leadId, conversion, envelope) => convertLead({ shell, log }, leadId, conversion, envelope),
    mergeLeads: (duplicateId, survivorId, envelope) => mergeLeads(shell, duplicateId, survivorId, envelope),
    migrateDeals: (migration, envelope) => migrateDeals(shell, migration, envelope),
    forgetPerson: (subject, reason, envelope) => forgetPerson({ shell, vault }, subject, reason, envelope),
    submitOfflineBatch: (deviceId, items, actor) => offline.submit(deviceId, items, actor),
  }
}

/** Places in the list, by stream. */
function byStream(items: readonly TargetedItem[]): Map<string, number[]> {
  const groups = new Map<string, number[]>()
  for (const [place, { target }] of items.entries()) {
    const key = JSON.stringify([target.category, target.id])
    const group = groups.get(key)
    if (group) group.push(place)
    else groups.set(key, [place])
  }
  return groups
}

const unknownCategory = (category: string) =>
  refuse('unknown-category', `No commands can be sent to "${category}"; to ${[...aggregates.keys()].join(', ')}.`, {
    details: { category, known: [...aggregates.keys()] },
  })

const onlyOne = (category: string, only: string, id: string) =>
  refuse(`unknown-${category}`, `There is one ${category}, "${only}", and none "${id}".`, {
    details: { id, known: [only] },
  })
