import { Id, JobPosition, LocalDate } from '@headwater/schema'
import { z } from 'zod'

const command = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.object({ type: z.literal(type), data: z.object(shape) })
const name = z.string().min(1).max(200)

/** Commands of the organisation. It is one stream, `organisation-main`, so that the reporting line is checked as a whole. */
export const OrganisationCommand = z.discriminatedUnion('type', [
  command('OpenRegion', { regionId: Id, name }),
  command('OpenStore', { storeId: Id, regionId: Id, name }),
  command('MoveStore', { storeId: Id, toRegionId: Id }),
  command('CloseStore', { storeId: Id }),
  command('HireRep', {
    repId: Id,
    name,
    position: JobPosition.default('rep'),
    storeId: Id.nullable().default(null),
    superiorId: Id.nullable().default(null),
  }),
  command('MoveRep', { repId: Id, toStoreId: Id.nullable() }),
  command('PromoteRep', { repId: Id, to: JobPosition }),
  command('ChangeSuperior', { repId: Id, toSuperiorId: Id.nullable() }),
  command('RepLeaves', { repId: Id }),
  /** `until` is the last day; null: until further notice. Sent again with another day, it replaces what was said before. */
  command('CertifyRep', {
    repId: Id,
    certificate: Id,
    from: LocalDate,
    until: LocalDate.nullable().default(null),
  }),
])
export type OrganisationCommand = z.infer<typeof OrganisationCommand>
