// Contact details in one form, so that equal ones compare equal.
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/min'

/** An extension as written in China: `分机 12`, `转12`, or `-12` after a fixed-line number. */
const extension = /(?:分机|转)\D*\d*\s*$|(?<=0\d{2,3}[- ]?\d{7,8})-\d{1,6}\s*$/u

/**
 * The first phone number in a text as E.164, e.g. `+8613800138000`; null where there is none of a possible length. Reads full-width digits,
 * any separators, `+86` and `0086`; an extension is left out. A number without country code belongs to `defaultCountry` (ISO 3166-1).
 */
export function normalisePhone(text: string, defaultCountry: CountryCode = 'CN'): string | null {
  for (const part of text.normalize('NFKC').split(/[/,;、]/u)) {
    const plain = part.replace(extension, '').replace(/[()]/g, ' ').trim()
    const phone = parsePhoneNumberFromString(plain, defaultCountry)
    if (phone?.isPossible()) return phone.number
  }
  return null
}

/** Legal forms at the end of a Chinese name. */
const chineseForm = /(?:股份有限公司|有限责任公司|有限公司|股份公司|有限合伙|公司)+$/u
/** Legal forms as the last words of a name elsewhere, without their dots. */
const forms = new Set(
  `ab ag as asa bv co company corp corporation gmbh inc incorporated kg kgaa kk limited llc llp lp ltd ltda mbh nv oy oyj plc pte pty
  pvt sa sarl sas se sl spa srl ug`.split(/\s+/),
)

/**
 * A company's name without what writers do differently: width, case, white space, punctuation and the legal form, e.g.
 * `搭贝（上海）有限公司` → `搭贝上海`, `ACME Co., Ltd.` → `acme`. Null where nothing is left.
 */
export function normaliseOrganisation(text: string): string | null {
  const words = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/(?<=\p{L})\.(?=\p{L}\b)|(?<=\b\p{L})\./gu, '')
    .split(/[\p{P}\p{S}\p{Z}\p{C}]+/u)
    .filter((word) => word !== '')
  while (words.length > 1 && forms.has(words[words.length - 1]!)) words.pop()
  const name = words.join('').normalize('NFKC')
  return name.replace(chineseForm, '') || name || null
}
