import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normaliseOrganisation, normalisePhone } from './contact.ts'

describe('normalisePhone', () => {
  it.each([
    '13800138000',
    '138 0013 8000',
    '138-0013-8000',
    '+86 138-0013-8000',
    '(+86)13800138000',
    '008613800138000',
    '8613800138000',
    '１３８００１３８０００',
    '＋８６　１３８　００１３　８０００',
    '手机：13800138000',
    '13800138000（张先生）',
    '13800138000 / 13900139000',
  ])('reads the mobile number in %j', (text) => {
    expect(normalisePhone(text)).toBe('+8613800138000')
  })

  it.each([
    '021-62345678',
    '(021) 6234 5678',
    '021-62345678转123',
    '021-62345678 分机 12',
    '02162345678-801',
    '+86 21 6234 5678',
  ])('reads the fixed line in %j without its extension', (text) => {
    expect(normalisePhone(text)).toBe('+862162345678')
  })

  it('knows other countries', () => {
    expect(normalisePhone('+1 (415) 555-2671 ext. 9')).toBe('+14155552671')
    expect(normalisePhone('030 901820', 'DE')).toBe('+4930901820')
    expect(normalisePhone('+49 (0)30 901820')).toBe('+4930901820')
  })

  it.each(['', '12', 'abc', '微信', '99999999999999999999'])('finds none in %j', (text) => {
    expect(normalisePhone(text)).toBeNull()
  })

  it('leaves alone what is normal already', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^1[3-9]\d{9}$/), (mobile) => {
        expect(normalisePhone(mobile)).toBe(`+86${mobile}`)
        expect(normalisePhone(`+86${mobile}`)).toBe(`+86${mobile}`)
      }),
    )
  })
})

describe('normaliseOrganisation', () => {
  it.each([
    ['搭贝（上海）有限公司', '搭贝上海'],
    ['搭贝(上海) 有限责任公司', '搭贝上海'],
    ['北京某某股份有限公司', '北京某某'],
    ['某某（有限合伙）', '某某'],
    ['华东医疗器械集团有限公司', '华东医疗器械集团'],
    ['ACME Co., Ltd.', 'acme'],
    ['Acme Co.,Ltd', 'acme'],
    ['Ａｃｍｅ　Ｌｔｄ', 'acme'],
    ['Acme, Inc.', 'acme'],
    ['Müller G.m.b.H.', 'müller'],
    ['Foo GmbH & Co. KG', 'foo'],
    ['A. B. Smith & Sons Ltd', 'absmithsons'],
    ['Amazon.com, Inc.', 'amazoncom'],
    ['SAP SE', 'sap'],
  ])('%s → %s', (text, name) => {
    expect(normaliseOrganisation(text)).toBe(name)
  })

  it('keeps a name that is nothing but a legal form', () => {
    expect(normaliseOrganisation('Limited')).toBe('limited')
    expect(normaliseOrganisation('有限公司')).toBe('有限公司')
  })

  it.each(['', '  ', '。—！'])('finds no name in %j', (text) => {
    expect(normaliseOrganisation(text)).toBeNull()
  })

  it('leaves alone what is normal already', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const name = normaliseOrganisation(text)
        if (name !== null) expect(normaliseOrganisation(name)).toBe(name)
      }),
      { numRuns: 500 },
    )
  })
})
