// What stands against a change of the organisation.
import { type Instant, type Refusal, refuse as refusal } from '@headwater/schema'
import { type History, latest } from './history.ts'
import { chainAt, employedAt } from './queries.ts'
import type { OrganisationState, Rep, Store } from './state.ts'

export type OrganisationRefusal =
  | 'region-exists'
  | 'store-exists'
  | 'rep-exists'
  | 'unknown-region'
  | 'unknown-store'
  | 'unknown-rep'
  | 'before-opening'
  | 'before-hire'
  | 'store-closed'
  | 'store-not-empty'
  | 'rep-left'
  | 'has-reports'
  | 'reporting-cycle'
  | 'earlier-than-last-change'
  | 'ends-before-it-begins'

export const refuse: (code: OrganisationRefusal, message: string, details?: Record<string, unknown>) => Refusal = (
  code,
  message,
  details,
) => refusal(code, message, details ? { details } : {})

export function tooEarly(history: History<unknown>, at: Instant, what: string): Refusal | undefined {
  const { since } = latest(history)!
  if (since <= at) return undefined
  return refuse(
    'earlier-than-last-change',
    `At ${since} ${what}: nothing before that can be changed; date it then or later.`,
    {
      lastChange: since,
      occurredAt: at,
    },
  )
}

export function regionProblem(state: OrganisationState, regionId: string, at: Instant): Refusal | undefined {
  const region = state.regions.get(regionId)
  if (!region) return refuse('unknown-region', `There is no region ${regionId}: open it first.`)
  return openedLater(`Region ${regionId}`, region.openedAt, at)
}

export function storeProblem(store: Store | undefined, storeId: string, at: Instant): Refusal | undefined {
  if (!store) return refuse('unknown-store', `There is no store ${storeId}: open it first.`)
  if (store.status === 'closed')
    return refuse('store-closed', `Store ${storeId} closed at ${store.closedAt}.`, { closedAt: store.closedAt })
  return openedLater(`Store ${storeId}`, store.openedAt, at)
}

function openedLater(what: string, openedAt: Instant, at: Instant): Refusal | undefined {
  if (openedAt <= at) return undefined
  return refuse('before-opening', `${what} opened at ${openedAt}, after ${at}.`, { openedAt, occurredAt: at })
}

export function repProblem(rep: Rep | undefined, repId: string, at: Instant): Refusal | undefined {
  if (!rep) return refuse('unknown-rep', `Nobody has the id ${repId}: hire them first.`)
  if (at < rep.hiredAt)
    return refuse('before-hire', `${repId} was hired at ${rep.hiredAt}, after ${at}.`, {
      hiredAt: rep.hiredAt,
      occurredAt: at,
    })
  if (!employedAt(rep, at)) return left(rep, repId)
  return undefined
}

/** Who has left is nobody's superior any more, even for a date before: the reporting line would outlast them. */
export function superiorProblem(state: OrganisationState, superiorId: string, at: Instant): Refusal | undefined {
  const superior = state.reps.get(superiorId)
  return repProblem(superior, superiorId, at) ?? (superior!.status === 'left' ? left(superior!, superiorId) : undefined)
}

const left = (rep: Rep, repId: string) =>
  refuse('rep-left', `${repId} left${rep.status === 'left' ? ` at ${rep.leftAt}` : ''}.`)

/** Looked for at the date of the change and at every later one: a back-dated change must not close a circle that comes about afterwards. */
export function cycle(state: OrganisationState, repId: string, superiorId: string, at: Instant): Refusal | undefined {
  const later = [...state.reps.values()].flatMap((rep) => rep.superiors.map(({ since }) => since)).filter((t) => t > at)
  for (const instant of [at, ...new Set(later)]) {
    const line = [superiorId, ...chainAt(state, superiorId, instant)]
    if (line.includes(repId))
      return refuse(
        'reporting-cycle',
        `${superiorId} reports to ${repId} at ${instant}: nobody can report to themselves.`,
        {
          line: line.slice(0, line.indexOf(repId) + 1),
          at: instant,
        },
      )
  }
  return undefined
}

/** Reps employed at the instant or later to whom it applies. */
export function repsFrom(state: OrganisationState, at: Instant, applies: (rep: Rep) => boolean): readonly string[] {
  return [...state.reps]
    .filter(([, rep]) => (rep.status === 'employed' || at < rep.leftAt) && applies(rep))
    .map(([id]) => id)
}
