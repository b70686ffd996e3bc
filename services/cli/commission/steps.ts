// A month on its way to its close.
import type { ClosingAnswer } from '@headwater/application'
import { theLedger } from '@headwater/projections'
import type { CommandEnvelope } from '@headwater/shell'
import type { Answer } from '../answer.ts'
import { type Session, withSession } from '../session.ts'
import { count, money } from '../terminal/format.ts'
import { type ActingOptions, envelopeOf, granted } from './acting.ts'

interface StepOptions extends ActingOptions {
  readonly period: string
}

export const prepare = (options: StepOptions): Promise<Answer> =>
  step(options, 'prepared', ({ closing }, envelope) => closing.preparePeriod(options.period, envelope))

export const approve = (options: StepOptions & { readonly linesRoot?: string }): Promise<Answer> =>
  step(options, 'approved', ({ closing }, envelope) =>
    closing.approvePeriod(options.period, envelope, options.linesRoot),
  )

export const close = (options: StepOptions): Promise<Answer> =>
  step(options, 'closed', ({ closing }, envelope) => closing.closePeriod(options.period, envelope))

export const giveBack = (options: StepOptions & { readonly reason: string }): Promise<Answer> =>
  withSession(async ({ closing }) => {
    granted(await closing.returnPeriod(options.period, options.reason, envelopeOf(options)))
    return { json: { period: options.period, stage: 'returned' }, text: () => `${options.period} is returned` }
  })

const step = (
  options: StepOptions,
  stage: string,
  take: (session: Session, envelope: CommandEnvelope) => Promise<ClosingAnswer>,
): Promise<Answer> =>
  withSession(async (session) => {
    const { content } = granted(await take(session, envelopeOf(options)))
    const { currency } = (await theLedger(session.db, session.viewer))!
    const { period, statements, lines, total, linesRoot } = content
    return {
      json: { stage, ...content },
      text: () =>
        `${period} is ${stage}: ${count(statements)} statements, ${count(lines)} lines, ${money({ amount: total, currency })}\n` +
        `root over statements and lines: ${linesRoot}`,
    }
  })
