import {
  blocksOfDeals,
  type DealFilter,
  type DealRow,
  dealById,
  listDeals,
  visitsOfDeals,
} from '@headwater/projections'
import { msOf } from '@headwater/schema'
import { eventJson, historyTable } from './events.ts'
import type { Session } from './session.ts'
import { Failure } from './terminal/failure.ts'
import { duration, instant, money, NONE } from './terminal/format.ts'
import { facts, table } from './terminal/table.ts'

/** @throws Failure when there is no such deal */
export async function dealShow({ db, log, viewer }: Session, id: string) {
  const deal = await dealById(db, viewer, id)
  if (!deal) throw new Failure(`there is no deal ${id}`)
  const [visits, blocks, events] = await Promise.all([
    visitsOfDeals(db, viewer, [id]),
    blocksOfDeals(db, viewer, [id]),
    log.readStream(`deal-${id}`),
  ])
  return {
    json: { deal, visits, blocks, events: events.map(eventJson) },
    text: () =>
      [
        facts(dealFacts(deal)),
        '',
        table(
          ['stage', 'entered', 'by', 'left', 'by', 'stayed'],
          visits.map((visit) => [
            visit.stage,
            instant(visit.enteredAt),
            visit.entryKind,
            instant(visit.exitedAt),
            visit.exitKind ?? NONE,
            duration(visit.exitedAt ? (msOf(visit.exitedAt) - msOf(visit.since)) / 1000 : null),
          ]),
        ),
        '',
        historyTable(events),
      ].join('\n'),
  }
}

export async function dealList({ db, viewer }: Session, filter: DealFilter, first: number, after?: string) {
  const page = await listDeals(db, viewer, filter, { first, ...(after !== undefined && { after }) })
  const deals = page.edges.map(({ node }) => node)
  const next = page.hasNextPage ? page.edges.at(-1)!.cursor : null
  return {
    json: { deals, next },
    text: () =>
      table(
        ['deal', 'playbook', 'stage', 'status', 'value', 'store', 'rep', 'channel', 'opened'],
        deals.map((deal) => [
          deal.dealId,
          deal.playbookId,
          deal.stage,
          deal.status,
          valueText(deal),
          deal.storeId ?? NONE,
          deal.repId ?? NONE,
          deal.channel ?? NONE,
          instant(deal.openedAt),
        ]),
      ) + (next ? `\n\nmore: --after ${next}` : ''),
  }
}

const valueText = ({ valueAmount, valueCurrency }: DealRow) =>
  money(valueAmount === null || valueCurrency === null ? null : { amount: valueAmount, currency: valueCurrency })

function dealFacts(deal: DealRow): [string, string][] {
  const optional: [string, string | null][] = [
    ['title', deal.title],
    ['store', deal.storeId],
    ['rep', deal.repId],
    ['channel', [deal.channel, deal.campaign].filter(Boolean).join(', ')],
    ['product line', deal.productLine],
    ['segment', deal.segment],
    ['lead', deal.leadId],
    ['customer', deal.customerId],
    ['blocked by', deal.blockingReason],
    ['lost for', deal.lossReason],
    ['closed', deal.closedAt && instant(deal.closedAt)],
    ['evidence', deal.evidence.map(({ kind }) => kind).join(', ')],
    ['flags', deal.flags.map(({ code, detail }) => `${code} (${detail})`).join('; ')],
  ]
  return [
    ['deal', deal.dealId],
    ['playbook', `${deal.playbookId}, version ${deal.playbookVersion}`],
    ['stage', `${deal.stage}, ${deal.status}`],
    ['value', valueText(deal)],
    ['opened', instant(deal.openedAt)],
    ...optional.filter((line): line is [string, string] => Boolean(line[1])),
  ]
}
