// The close of a month: cut off, worked out, prepared by one, approved and sealed by others.
import { LEDGER_ID, type LedgerCommand, ledger } from '@headwater/finance'
import type { EventLog } from '@headwater/infra/ports'
import { type Period, type PeriodContent, type Position, refuse, sameData } from '@headwater/schema'
import { type Accepted, type Answer, type CommandEnvelope, type Refused, refused } from '@headwater/shell'
import type { Application } from '../application.ts'
import { stepEnvelope } from '../step.ts'
import { readMonth } from './months.ts'

/** What is sealed of a month, but for the log. */
export type LinesContent = Omit<PeriodContent, 'log'>

/** What a close needs of the read side, and of whoever makes seals. */
export interface ClosingPorts {
  /** Waits until all that the log tells up to and with the cut-off can be read, and works out the month's statements as known there, and the root over them and their lines. */
  workOut(period: Period, cutOff: Position): Promise<LinesContent>
  /** Root over the log up to and with the cut-off; keeps what it takes to find later what was changed in it. */
  recordLog(cutOff: Position): Promise<PeriodContent['log']>
  seal(content: PeriodContent, previousSeal: string | null): Extract<LedgerCommand, { type: 'ClosePeriod' }>['data']
}

/** What was prepared, approved or closed. */
export type ClosingAnswer = (Accepted & { readonly content: PeriodContent }) | Refused

/**
 * The steps of a month. Each may be sent again, under its command id or another: what a crash left undone is completed, what is done
 * is not done twice. Refusals are those of the ledger, and `not-prepared`, `not-reproduced`.
 */
export interface Closing {
  /** Cuts the month off unless it is, and prepares it with what is known at that place in the log. */
  preparePeriod(period: Period, envelope: CommandEnvelope): Promise<ClosingAnswer>
  /** @param linesRoot of the statements that were looked at; without it, the prepared ones */
  approvePeriod(period: Period, envelope: CommandEnvelope, linesRoot?: string): Promise<ClosingAnswer>
  returnPeriod(period: Period, reason: string, envelope: CommandEnvelope): Promise<Answer>
  /** Works the month out again at its cut-off and seals it if that is what was prepared; else `not-reproduced` says what differs. */
  closePeriod(period: Period, envelope: CommandEnvelope): Promise<ClosingAnswer>
}

export function openClosing(
  { shell, dispatch }: Pick<Application, 'shell' | 'dispatch'>,
  log: Pick<EventLog, 'readStream'>,
  ports: ClosingPorts,
): Closing {
  const tell = (command: LedgerCommand, envelope: CommandEnvelope): Promise<Answer> =>
    dispatch({ category: 'ledger', id: LEDGER_ID }, command, envelope)

  const contentAt = async (period: Period, cutOff: Position): Promise<PeriodContent> => ({
    ...(await ports.workOut(period, cutOff)),
    log: await ports.recordLog(cutOff),
  })

  return {
    async preparePeriod(period, envelope) {
      if (!(await readMonth(log, period)).month.prepared) {
        const answer = await tell({ type: 'CutOffPeriod', data: { period } }, stepEnvelope(envelope, 'cut-off'))
        if (answer.status === 'refused') return answer
      }
      const { month } = await readMonth(log, period)
      if (!month.cutOff) return notPrepared(period)
      const content = await contentAt(period, month.cutOff)
      return withContent(
        await tell({ type: 'PreparePeriod', data: content }, stepEnvelope(envelope, 'prepare')),
        content,
      )
    },

    async approvePeriod(period, envelope, linesRoot) {
      const { prepared } = (await readMonth(log, period)).month
      if (!prepared) return notPrepared(period)
      const data = { period, linesRoot: linesRoot ?? prepared.linesRoot }
      return withContent(await tell({ type: 'ApprovePeriod', data }, envelope), prepared)
    },

    returnPeriod: (period, reason, envelope) => tell({ type: 'ReturnPeriod', data: { period, reason } }, envelope),

    async closePeriod(period, envelope) {
      const { month, lastSeal } = await readMonth(log, period)
      const { cutOff, prepared, closed } = month
      if (closed) return withContent(await tell({ type: 'ClosePeriod', data: closed }, envelope), prepared!)
      if (!cutOff || !prepared) return notPrepared(period)
      // Who may not close it, or too early, need not wait for it to be worked out.
      const wish: LedgerCommand = { type: 'ClosePeriod', data: ports.seal(prepared, lastSeal) }
      const tried = await shell.preview(ledger, LEDGER_ID, wish, envelope)
      if (tried.status === 'refused') return tried
      const content = await contentAt(period, cutOff)
      const fields = differing(prepared, content)
      if (fields.length > 0) return notReproduced(prepared, content, fields)
      return withContent(await tell(wish, envelope), content)
    },
  }
}

const withContent = (answer: Answer, content: PeriodContent): ClosingAnswer =>
  answer.status === 'refused' ? answer : { ...answer, content }

const notPrepared = (period: Period): Refused =>
  refused(refuse('not-prepared', `${period} is not prepared: prepare it first.`, { details: { period } }))

/** Fields in which a month worked out again is another one. */
const differing = (prepared: PeriodContent, again: PeriodContent) =>
  (Object.keys(prepared) as (keyof PeriodContent)[]).filter((field) => !sameData(prepared[field], again[field]))

const notReproduced = (prepared: PeriodContent, again: PeriodContent, fields: readonly string[]): Refused =>
  refused(
    refuse(
      'not-reproduced',
      `${prepared.period} comes out otherwise than it was prepared (${fields.join(', ')}): return it, and look for the cause.`,
      { details: { prepared, again, differs: fields } },
    ),
  )
