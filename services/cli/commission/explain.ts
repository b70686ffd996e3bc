import { book, explainLine } from '@headwater/projections'
import { instantOf } from '@headwater/schema'
import type { Answer, Json } from '../answer.ts'
import { withSession } from '../session.ts'

export const explain = (lineId: string, { lang }: Json & { readonly lang: book.Locale }): Promise<Answer> =>
  withSession(async ({ db, viewer }) => {
    const { explanation, asOf, stage } = await explainLine(db, viewer, { lineId, now: instantOf(Date.now()) })
    const sentences = book.sentences(explanation, lang)
    return {
      json: { asOf, stage: stage ?? null, explanation, sentences },
      text: () => sentences.join('\n'),
    }
  })
