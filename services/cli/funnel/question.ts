// The funnel's question from the command line's words.
import { Dimension, FunnelQuery } from '@headwater/projections'
import { type Instant, InvalidInstant, parseInstant } from '@headwater/schema'
import { ExitCode, Failure } from '../terminal/failure.ts'
import { reference } from '../terminal/reference.ts'

export interface FunnelOptions {
  /** `home-improvement`, or one version of it: `home-improvement@2`. */
  readonly playbook: string
  /** Names of dimensions, each perhaps several joined by commas. */
  readonly groupBy?: readonly string[]
  readonly bucket?: string
  readonly zone?: string
  /** `channel=referral`; `channel=` for "not stated"; several of one dimension mean any of them. */
  readonly filter?: readonly string[]
  readonly from?: string
  readonly to?: string
  readonly cohortStage?: string
  readonly window?: string
  readonly asOf?: string
  readonly asOfRecorded?: string
}

export const playbookRef = (text: string) => reference(text, '--playbook')

/** `zone` is for times that carry no offset of their own. @throws Failure with the exit code of wrong usage */
export function funnelQuestion(options: FunnelOptions, zone: string): FunnelQuery {
  const time = (flag: string, text: string | undefined) => (text === undefined ? undefined : instant(flag, text, zone))
  const result = FunnelQuery.safeParse({
    playbook: playbookRef(options.playbook),
    groupBy: options.groupBy?.flatMap((list) => list.split(',')) ?? [],
    bucket: { unit: options.bucket ?? 'month', ...(options.zone && { zone: options.zone }) },
    filter: filters(options.filter ?? []),
    cohort: { stage: options.cohortStage, from: time('--from', options.from), to: time('--to', options.to) },
    conversionWindow: options.window,
    asOf: {
      businessTime: time('--as-of', options.asOf),
      recordedTime: time('--as-of-recorded', options.asOfRecorded),
    },
  })
  if (result.success) return result.data
  const [issue] = result.error.issues
  const flag = flags[String(issue!.path[0])] ?? String(issue!.path[0])
  if (issue!.path[0] === 'groupBy' && issue!.path.length > 1)
    throw usage(`--group-by: choose from ${Dimension.options.join(', ')}`)
  throw usage(`${flag}: ${issue!.message}`)
}

const flags: Readonly<Record<string, string>> = {
  groupBy: '--group-by',
  bucket: '--bucket',
  filter: '--filter',
  conversionWindow: '--window',
  cohort: '--cohort-stage',
  playbook: '--playbook',
}

function filters(texts: readonly string[]): Record<string, (string | null)[]> {
  const filter: Record<string, (string | null)[]> = {}
  const names = Dimension.options.filter((name) => name !== 'bucket')
  for (const text of texts) {
    const [, name = '', value] = /^([^=]*)=(.*)$/s.exec(text) ?? []
    if (!names.some((known) => known === name))
      throw usage(`--filter ${text}: write <dimension>=<value>, the dimension one of ${names.join(', ')}`)
    filter[name] = [...(filter[name] ?? []), value || null]
  }
  return filter
}

/** A time as an option says it. @throws Failure for one that cannot be read */
export function instant(flag: string, text: string, zone: string): Instant {
  try {
    return parseInstant(text, { zone })
  } catch (error) {
    if (error instanceof InvalidInstant) throw usage(`${flag}: ${error.message}`)
    throw error
  }
}

const usage = (message: string) => new Failure(message, ExitCode.usage)
