// Where a lead, touch or deal came from.
import { builder } from './builder.ts'

export interface SourceRow {
  readonly channel: string | null
  readonly campaign: string | null
  readonly content: string | null
  readonly landingPage: string | null
}

export const SourceRef = builder.objectRef<SourceRow>('Source').implement({
  description: 'Where something came from.',
  fields: (t) => ({
    channel: t.exposeString('channel', { nullable: true, description: 'Null where the source did not say.' }),
    campaign: t.exposeString('campaign', { nullable: true, description: 'The campaign, if one was named.' }),
    content: t.exposeString('content', {
      nullable: true,
      description: 'The advertisement or content, if one was named.',
    }),
    landingPage: t.exposeString('landingPage', {
      nullable: true,
      description: 'The page that was landed on, if known.',
    }),
  }),
})

export const SourceInput = builder.inputType('SourceInput', {
  description: 'Where something came from.',
  fields: (t) => ({
    channel: t.string({ required: true, description: 'Such as `wechat`, `store-visit`, `organic_search`.' }),
    campaign: t.string({ description: 'The campaign.' }),
    content: t.string({ description: 'The advertisement or content.' }),
    landingPage: t.string({ description: 'The page that was landed on.' }),
  }),
})
