import type { Answer, Json } from '../answer.ts'
import { withSession } from '../session.ts'
import { ExitCode } from '../terminal/failure.ts'
import { count } from '../terminal/format.ts'
import { logProgress } from '../terminal/log-progress.ts'

export interface ReproduceOptions extends Json {
  readonly period: string
  readonly asTheyAre?: boolean
}

export const reproduce = ({ period, asTheyAre = false, json }: ReproduceOptions): Promise<Answer> =>
  withSession(
    async ({ audit }) => {
      const progress = logProgress('building anew from the log', { quiet: json })
      const found = await audit.reproduce(period, { asTheyAre, onProgress: progress.update }).finally(progress.stop)
      const { reproduced, differs, sealed } = found
      return {
        json: found,
        text: () =>
          reproduced
            ? `${period} is reproduced, byte for byte: ${count(sealed.statements)} statements and ${count(sealed.lines)} lines, root ${sealed.linesRoot}`
            : `${period} comes out otherwise than it was sealed: ${differs.join(', ')}`,
        exitCode: reproduced ? ExitCode.ok : ExitCode.refused,
      }
    },
    { upToDate: false },
  )
