// Names made of common syllables: no real person, company or telephone is meant.
import type { Random } from './random.ts'

const surnames = [...'王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗']
const given = [...'伟芳娜敏静丽强磊洋艳勇军杰娟涛明超秀霞平刚桂英华玉建文斌宇浩然子涵欣怡梓轩雨泽思']

/** A person's name in Chinese. */
export const personName = (random: Random): string =>
  random.pick(surnames) + random.pick(given) + (random.chance(0.6) ? random.pick(given) : '')

/** A mobile number, in one of the ways people write it; a million from a block that is not handed out, and then on from there. `n` below 10⁸. */
export function phone(n: number, random: Random): string {
  const digits = `199${String(n).padStart(8, '0')}`
  const spaced = `${digits.slice(0, 3)} ${digits.slice(3, 7)} ${digits.slice(7)}`
  return random.pick([digits, digits, spaced, spaced.replaceAll(' ', '-'), `+86 ${spaced}`])
}

const companyStyles = [...'康瑞安和泰嘉博恒盛德新汇远诚佳鸿']
const companyKinds = ['医院', '口腔门诊', '体检中心', '康复中心', '酒店', '学校', '养老院', '科技有限公司']

/** An organisation that buys devices; unique by `n`. */
export const companyName = (n: number, random: Random): string => {
  const base = companyStyles.length
  let name = ''
  for (let rest = n + base; rest > 0; rest = Math.floor(rest / base)) name += companyStyles[rest % base]
  return `${random.pick(cities.flat())}${name}${random.pick(companyKinds)}`
}

const cities = [
  ['上海', '杭州', '南京', '苏州', '宁波', '合肥', '无锡'],
  ['广州', '深圳', '佛山', '厦门', '东莞', '南宁', '长沙'],
  ['北京', '天津', '济南', '青岛', '石家庄', '郑州', '太原'],
]
const regions = ['华东', '华南', '华北']
const places = ['中心店', '东城店', '西城店', '南门店', '北苑店', '新区店', '湖滨店', '广场店']

export const regionName = (region: number): string => regions[region] ?? `第${region + 1}大区`

/** The n-th store of a region. */
export function storeName(region: number, n: number): string {
  const of = cities[region % cities.length]!
  const round = Math.floor(n / of.length)
  return of[n % of.length]! + (places[round] ?? `${round + 1}店`)
}
