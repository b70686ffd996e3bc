import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import {
  FORGOTTEN,
  type Forgotten,
  openData,
  PersonalSchemaError,
  personal,
  personalPaths,
  SealBroken,
  SubjectForgotten,
  sealData,
  subjectsOf,
} from './index.ts'

const Contact = z.object({
  subject: z.string(),
  name: personal(z.string()).optional(),
  phone: personal(z.string()).nullable(),
  city: z.string().optional(),
})
const Party = z.object({ contact: Contact.optional(), guests: z.array(Contact) })
const anna = { subject: 'p1', name: 'Anna Lin', phone: '+86 138 0013 8000', city: 'Wuhan' }
const bo = { subject: 'p2', name: 'Bo Wang', phone: null }
const keys = new Map([
  ['p1', randomBytes(32)],
  ['p2', randomBytes(32)],
])
const without = (subject: string) => new Map([...keys].filter(([s]) => s !== subject))

const Family = z.object({
  subject: z.string(),
  name: personal(z.string()),
  get children(): z.ZodArray<z.ZodType> {
    return z.array(Family)
  },
})

describe('marking', () => {
  test('a personal field may read as forgotten', () => {
    expectTypeOf<z.infer<typeof Contact>['name']>().toEqualTypeOf<string | Forgotten | undefined>()
    expect(Contact.parse({ subject: 'p1', name: FORGOTTEN, phone: null }).name).toEqual({ forgotten: true })
  })

  test('personal fields are found through objects, optionals, nullables, arrays, records and discriminated unions', () => {
    const Rich = z.object({
      a: Contact.nullable().default(null),
      list: z.array(z.array(Contact).readonly()).optional(),
      named: z.record(z.string(), Contact),
      either: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('company'), name: z.string() }),
        z.object({ kind: z.literal('person'), subject: z.string(), name: personal(z.string()) }),
      ]),
      subject: z.string().min(1),
      emails: z.array(personal(z.string().describe('any'))),
    })
    expect(personalPaths(Rich)).toEqual([
      'a.name',
      'a.phone',
      'list[][].name',
      'list[][].phone',
      'named[].name',
      'named[].phone',
      'either.name',
      'emails[]',
    ])
    expect(personalPaths(z.object({ a: z.string() }))).toEqual([])
  })

  test('a mark outlives refinement, description and extension', () => {
    const Extended = z.object({
      subject: z.string(),
      name: personal(z.string()).describe('full name').meta({ title: 'Name' }),
    })
    expect(personalPaths(Extended.extend({ age: personal(z.int()).refine((age) => age !== 7) }))).toEqual([
      'name',
      'age',
    ])
  })

  test.each([
    ['without subject', z.object({ name: personal(z.string()) })],
    ['whose subject is optional', z.object({ subject: z.string().optional(), name: personal(z.string()) })],
    ['whose subject is further up', z.object({ subject: z.string(), inner: z.object({ name: personal(z.string()) }) })],
    ['alone', personal(z.string())],
    ['in a list alone', z.array(personal(z.string()))],
    ['in a plain union', z.union([Contact, z.string()])],
    ['in a tuple', z.object({ pair: z.tuple([Contact, z.string()]) })],
    ['in an intersection', z.intersection(Contact, z.object({ x: z.string() }))],
    ['in a transformation', z.object({ c: Contact.transform((c) => c) })],
    ['in a lazy schema', z.object({ c: z.lazy(() => Contact) })],
    ['in a recursive schema', Family],
  ])('a personal field %s is refused at definition', (_, schema) => {
    expect(() => personalPaths(schema)).toThrow(PersonalSchemaError)
  })

  test('recursion without personal fields is nobody’s concern', () => {
    const Tree = z.object({
      get children(): z.ZodArray<z.ZodType> {
        return z.array(Tree)
      },
    })
    expect(personalPaths(Tree)).toEqual([])
  })
})

describe('sealing', () => {
  test('nothing personal is left in the stored form, and everything comes back', () => {
    const party = { contact: anna, guests: [bo, anna] }
    expect(subjectsOf(Party, party)).toEqual(['p1', 'p2'])
    const stored = sealData(Party, party, keys)
    const text = JSON.stringify(stored)
    for (const secret of [anna.name, bo.name, anna.phone]) expect(text).not.toContain(secret)
    expect(stored).toMatchObject({
      contact: { subject: 'p1', city: 'Wuhan', name: { sealed: expect.stringMatching(/^[\w-]+$/) } },
    })
    expect(stored).toMatchObject({ guests: [{ phone: null }, {}] })
    expect(subjectsOf(Party, stored)).toEqual(['p1', 'p2'])
    expect(openData(Party, JSON.parse(text), keys)).toEqual(party)
    expect(Party.parse(openData(Party, stored, keys))).toEqual(party)
  })

  test('the same value is sealed differently each time', () => {
    expect(sealData(Contact, anna, keys)).not.toEqual(sealData(Contact, anna, keys))
  })

  test('who was forgotten reads as forgotten, the others do not change', () => {
    const party = { contact: anna, guests: [bo] }
    const opened = openData(Party, sealData(Party, party, keys), without('p1'))
    expect(opened).toEqual({ contact: { ...anna, name: FORGOTTEN, phone: FORGOTTEN }, guests: [bo] })
    expect(Party.parse(JSON.parse(JSON.stringify(opened)))).toEqual(opened)
    expect(sealData(Party, opened, without('p1'))).toMatchObject({ contact: { name: { forgotten: true } } })
    expect(subjectsOf(Party, opened)).toEqual(['p2'])
  })

  test('nothing new is stored of who was forgotten', () => {
    const seal = () => sealData(Party, { guests: [bo, anna] }, without('p1'))
    expect(seal).toThrow(SubjectForgotten)
    expect(seal).toThrow(expect.objectContaining({ subject: 'p1', field: 'guests.1.name' }))
  })

  test('a schema without personal fields costs nothing', () => {
    const data = { a: 'x' }
    const schema = z.object({ a: z.string() })
    expect(sealData(schema, data, new Map())).toBe(data)
    expect(openData(schema, data, new Map())).toBe(data)
  })

  test('sealing does not touch its input', () => {
    const party = Object.freeze({ contact: Object.freeze({ ...anna }), guests: Object.freeze([]) })
    sealData(Party, party, keys)
    expect(party.contact).toEqual(anna)
  })

  test('in a union only the variant’s own fields are sealed', () => {
    const Who = z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('company'), name: z.string() }),
      z.object({ kind: z.literal('person'), subject: z.string(), name: personal(z.string()) }),
    ])
    const company = { kind: 'company', name: 'Acme' }
    expect(sealData(Who, company, keys)).toEqual(company)
    const person = { kind: 'person', subject: 'p1', name: 'Anna' }
    expect(openData(Who, sealData(Who, person, keys), keys)).toEqual(person)
  })

  test('every JSON value makes the round trip', () => {
    const Anything = z.object({
      subject: z.string(),
      x: personal(z.json()),
      many: z.record(z.string(), personal(z.json())),
    })
    fc.assert(
      fc.property(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()), (x, many) => {
        const data = JSON.parse(JSON.stringify({ subject: 'p1', x, many }))
        const stored = JSON.parse(JSON.stringify(sealData(Anything, data, keys)))
        expect(openData(Anything, stored, keys)).toEqual(data)
      }),
    )
  })
})

describe('a broken seal', () => {
  type Stored = { subject: string; name: { sealed: string }; phone: { sealed: string } }
  const stored = () => sealData(Contact, anna, keys) as Stored
  const opening = (value: unknown) => () => openData(Contact, value, keys)

  test('is found wherever a bit flips', () => {
    const { name } = stored()
    const bytes = Buffer.from(name.sealed, 'base64url')
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const broken = Buffer.from(bytes)
        broken.writeUInt8(broken[bit >> 3]! ^ (1 << (bit & 7)), bit >> 3)
        const damaged = { ...stored(), name: { sealed: broken.toString('base64url') } }
        expect(opening(damaged)).toThrow(expect.objectContaining({ name: 'SealBroken', subject: 'p1', field: 'name' }))
      }),
    )
  })

  test('is found when a value was moved to another field or person, cut, or never sealed', () => {
    const good = stored()
    expect(opening({ ...good, name: good.phone })).toThrow(SealBroken)
    expect(opening({ ...good, subject: 'p2' })).toThrow(SealBroken)
    expect(opening({ ...good, name: { sealed: good.name.sealed.slice(0, 20) } })).toThrow(/too short/)
    expect(opening({ ...good, name: 'Anna' })).toThrow(/not sealed/)
  })
})
