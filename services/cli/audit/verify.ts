import { describeFinding, type Finding } from '@headwater/audit'
import type { Answer, Json } from '../answer.ts'
import { withSession } from '../session.ts'
import { ExitCode } from '../terminal/failure.ts'
import { count } from '../terminal/format.ts'

/** Looks at the log itself: a read model that no longer can be brought up to date does not hinder it. */
export const verifyLog = ({ seal }: Json & { readonly seal?: readonly string[] }): Promise<Answer> =>
  withSession(
    async ({ audit }) => {
      const found = await audit.verify(seal)
      const { intact, events, sealed, findings, seals } = found
      return {
        json: found,
        text: () =>
          [
            ...findings.map(lineOf),
            ...(intact
              ? [`${count(events)} events, ${count(sealed)} of them sealed in ${count(seals.length)} months: intact`]
              : []),
          ].join('\n'),
        exitCode: intact ? ExitCode.ok : ExitCode.refused,
      }
    },
    { upToDate: false },
  )

const lineOf = (finding: Finding): string =>
  'position' in finding && finding.position !== undefined
    ? `position ${finding.position}: ${describeFinding(finding)}`
    : describeFinding(finding)
