// A run as people and programs see it.
import { writeFile } from 'node:fs/promises'
import {
  type AttributionResult,
  attributionPicture,
  type ModelCredit,
  type PictureLanguage,
} from '@headwater/analytics'
import type { Reproduced } from '@headwater/application'
import { toCsv } from '@headwater/audit'
import { formatMoney } from '@headwater/schema'
import type { Answer, Json } from '../answer.ts'
import { count, instant, money, NONE } from '../terminal/format.ts'
import { facts, table } from '../terminal/table.ts'

export interface Outputs extends Json {
  readonly csv?: string
  readonly svg?: string
  readonly lang?: PictureLanguage
}

/** The paths that people are shown. */
const SHOWN_PATHS = 5

export async function shown(made: Reproduced, { csv, svg, lang }: Outputs): Promise<Answer> {
  if (csv !== undefined) await writeFile(csv, asCsv(made))
  if (svg !== undefined) await writeFile(svg, asPicture(made, lang))
  const written = [csv, svg].filter((file) => file !== undefined)
  const { runId, run, result, digest, same } = made
  return {
    json: { runId, ...run, same, result },
    text: () =>
      [
        ...(same ? [] : [`NOT as it was recorded: ${run.digest} was, ${digest} is.\n`]),
        credits(made),
        '',
        summary(made),
        ...(written.length === 0 ? [] : ['', `written: ${written.join(', ')}`]),
      ].join('\n'),
  }
}

const decimals = (n: number) => n.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })

/** One table after the other: successes, their value, and where something was spent, what came of it. A line for each key, a column for each model. */
function credits({ run, result }: Reproduced): string {
  const { by, models, currency } = run.parameters
  const amount = (value: number | null) =>
    value === null ? NONE : decimals(Number(formatMoney({ amount: value, currency })))
  const side = (what: string, rows: AttributionResult['rows'], cell: (credit: ModelCredit) => string) =>
    table(
      [`${what} by ${by}`, 'touches', 'cost', ...models],
      rows.map(({ key, touches, cost, credits }) => [key, count(touches), amount(cost), ...credits.map(cell)]),
    )
  const spent = result.rows.filter(({ cost }) => cost > 0)
  return [
    side('successes', result.rows, ({ conversions }) => decimals(conversions)),
    side(`value (${currency})`, result.rows, ({ value }) => amount(value)),
    ...(spent.length === 0
      ? []
      : [
          side('cost each', spent, ({ costPerConversion }) => amount(costPerConversion)),
          side('return', spent, ({ returnOnCost }) => decimals(returnOnCost ?? 0)),
        ]),
  ].join('\n\n')
}

function summary({ runId, run, result }: Reproduced): string {
  const { conversion, from, to, lookBackDays, currency } = run.parameters
  const value = (amount: number) => money({ amount, currency })
  const { unattributed, otherCurrency, paths } = result
  return facts([
    ['run', runId],
    ['position', run.position],
    ['digest', run.digest],
    ['success', `${conversion}, touches of ${lookBackDays} days before`],
    ['time', from || to ? `${instant(from)} to ${instant(to)}` : 'all'],
    ['successes', `${count(result.conversions)}, ${value(result.value)}`],
    ['without touches', `${count(unattributed.conversions)}, ${value(unattributed.value)}`],
    ['persons', `${count(result.persons)}, of whom ${count(result.notConverted)} did not convert`],
    ['cost', value(result.cost)],
    ...(otherCurrency.conversions + otherCurrency.costs > 0
      ? [
          [
            'in other currencies',
            `${otherCurrency.conversions} values and ${otherCurrency.costs} costs left out`,
          ] as const,
        ]
      : []),
    ...paths
      .slice(0, SHOWN_PATHS)
      .map(
        ({ path, conversions, notConverted }) =>
          [`${count(conversions)} of ${count(conversions + notConverted)}`, path.join(' > ')] as const,
      ),
  ])
}

/** Shares of successes. */
const asPicture = ({ run, result }: Reproduced, language?: PictureLanguage) =>
  attributionPicture(
    {
      models: run.parameters.models,
      rows: result.rows.map(({ key, credits }) => ({ key, credits: credits.map(({ conversions }) => conversions) })),
      paths: result.paths,
    },
    language,
  )

/** A line for each key and model; amounts in minor units. */
function asCsv({ run, result }: Reproduced): string {
  const { by, currency } = run.parameters
  return toCsv({
    name: 'attribution',
    columns: [by, 'touches', 'cost', 'model', 'conversions', 'value', 'costPerConversion', 'returnOnCost', 'currency'],
    rows: result.rows.flatMap(({ key, touches, cost, credits }) =>
      credits.map(({ model, conversions, value, costPerConversion, returnOnCost }) => [
        ...[key, touches, cost, model, conversions, value],
        ...[costPerConversion ?? '', returnOnCost ?? '', currency],
      ]),
    ),
  })
}
