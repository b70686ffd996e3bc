import type { LineKind } from './line.ts'

export type Locale = 'zh-CN' | 'en'

type Say = (...texts: string[]) => string

export interface Phrases {
  readonly comma: string
  readonly source: Say
  readonly receipt: Say
  readonly returned: Readonly<Record<'refund' | 'reversal', Say>>
  readonly fed: (receipts: number) => string
  readonly credited: Readonly<Record<'credits' | 'owner' | 'contract', Say>>
  readonly released: Say
  readonly year: Readonly<
    Record<'anniversary' | 'renewals', (year: number, contractId: string, source: string) => string>
  >
  readonly certificate: Say
  readonly plan: (name: string, planId: string, version: number, rule: string, source: string) => string
  readonly kinds: Readonly<Record<LineKind, string>>
  readonly modes: Readonly<Record<'marginal' | 'whole', string>>
  readonly tier: (from: string, to: string | null, rate: string) => string
  readonly net: Say
  readonly split: Say
  readonly times: Say
  readonly tiers: Say
  readonly roundOnce: Say
  readonly roundRunning: Say
  readonly sum: (count: number, result: string) => string
  readonly limit: Say
  readonly fixed: Say
  readonly draw: Say
  readonly adjustment: Say
  readonly causes: Say
  readonly before: string
  readonly after: string
}

const en: Phrases = {
  comma: ', ',
  source: (event, time) => `event ${event}, ${time}`,
  receipt: (id, source, amount, contract, line, product) =>
    `Payment ${id} (${source}) brought ${amount} for line ${line} (${product}) of contract ${contract}.`,
  returned: {
    refund: (amount, source) => `A refund of ${amount} (${source}) gave part of it back.`,
    reversal: (amount, source) => `It bounced: ${amount} (${source}) never came.`,
  },
  fed: (receipts) => `${receipts} receipts fed the pool.`,
  credited: {
    credits: (rep, sources) => `It counts for ${rep} by the contract's credits (${sources}).`,
    owner: (rep, sources) => `It counts for ${rep} by who owned the customer then (${sources}).`,
    contract: (rep, sources) =>
      `It counts for ${rep}, the contract's rep, as nobody owned the customer then (${sources}).`,
  },
  released: (time, sources) => `It counts since ${time}, when what it waited for had come (${sources}).`,
  year: {
    anniversary: (year, contract, source) =>
      `The customer is in relationship year ${year}, counted from the first contract ${contract} (${source}).`,
    renewals: (year, contract, source) =>
      `The customer is in relationship year ${year} by renewals up to contract ${contract} (${source}).`,
  },
  certificate: (certificate, source) =>
    `The certificate ${certificate} is held on the last day of the month (${source}).`,
  plan: (name, id, version, rule, source) =>
    `Plan "${name}" (${id}, version ${version}, approved by ${source}) applies: ${rule}.`,
  kinds: { rule: 'rule', cap: 'cap', floor: 'floor', allowance: 'allowance', pool: 'pool', draw: 'draw' },
  modes: { marginal: 'each part at the rate of its tier', whole: 'all of it at the rate of the tier reached' },
  tier: (from, to, rate) => (to === null ? `from ${from} on ${rate}` : `from ${from} to below ${to} ${rate}`),
  net: (sum, result) => `What counts is ${sum} = ${result}.`,
  split: (amount, shares, rep, result) =>
    `${amount} is split ${shares}, whole units by largest remainder in this order: ${rep} gets ${result}.`,
  times: (product, result) => `${product} = ${result}.`,
  tiers: (window, mode, tiers, from, to, result) =>
    `Tiers over ${window}, ${mode} (${tiers}): from ${from} to ${to} they give ${result} more.`,
  roundOnce: (amount, result) => `${amount} is rounded half up, once and before any split, to ${result}.`,
  roundRunning: (before, amount, result) =>
    `The sum so far is rounded half up, so that all lines add up to their rounded total: ${before} + ${amount} less ${before}, both rounded, gives ${result}.`,
  sum: (count, result) => `${count} amounts add up to ${result}.`,
  limit: (amount, limit, result) => `From ${amount} to the limit of ${limit} it is ${result}.`,
  fixed: (result) => `The plan gives ${result}.`,
  draw: (due, draw, result) => `${due} was due; up to the draw of ${draw} it is ${result}.`,
  adjustment: (period, id, original, before, after, amount) =>
    `In ${period}, line ${id} of the closed month ${original} is adjusted from ${before} to ${after}: ${amount}.`,
  causes: (causes) => `What became known meanwhile: ${causes}.`,
  before: 'Before:',
  after: 'Now:',
}

const zh: Phrases = {
  comma: '、',
  source: (event, time) => `事件 ${event}，${time}`,
  receipt: (id, source, amount, contract, line, product) =>
    `回款 ${id}（${source}）中有 ${amount} 分配给合同 ${contract} 的明细 ${line}（${product}）。`,
  returned: {
    refund: (amount, source) => `其中退款 ${amount}（${source}）。`,
    reversal: (amount, source) => `该回款被退回：${amount}（${source}）未到账。`,
  },
  fed: (receipts) => `共有 ${receipts} 笔回款计入奖金池。`,
  credited: {
    credits: (rep, sources) => `按合同约定的业绩分配计给 ${rep}（${sources}）。`,
    owner: (rep, sources) => `按回款当时的客户归属计给 ${rep}（${sources}）。`,
    contract: (rep, sources) => `当时客户没有归属人，计给合同的销售 ${rep}（${sources}）。`,
  },
  released: (time, sources) => `自 ${time} 条件满足后计入（${sources}）。`,
  year: {
    anniversary: (year, contract, source) => `自首份合同 ${contract}（${source}）起，客户处于第 ${year} 个合作年度。`,
    renewals: (year, contract, source) =>
      `按续约次数（至合同 ${contract}，${source}），客户处于第 ${year} 个合作年度。`,
  },
  certificate: (certificate, source) => `月末最后一天持有证书 ${certificate}（${source}）。`,
  plan: (name, id, version, rule, source) => `适用方案“${name}”（${id}，第 ${version} 版，批准：${source}）：${rule}。`,
  kinds: { rule: '规则', cap: '封顶', floor: '保底', allowance: '津贴', pool: '奖金池', draw: '预支' },
  modes: { marginal: '各段按各自比例', whole: '全部按所达档位比例' },
  tier: (from, to, rate) => (to === null ? `${from} 及以上 ${rate}` : `${from} 至 ${to}（不含）${rate}`),
  net: (sum, result) => `计入金额：${sum} = ${result}。`,
  split: (amount, shares, rep, result) =>
    `${amount} 按 ${shares} 分配，尾差按最大余数并依此顺序分配：${rep} 得 ${result}。`,
  times: (product, result) => `${product} = ${result}。`,
  tiers: (window, mode, tiers, from, to, result) =>
    `${window} 阶梯，${mode}（${tiers}）：累计由 ${from} 到 ${to}，增加 ${result}。`,
  roundOnce: (amount, result) => `${amount} 在分配之前四舍五入一次，得 ${result}。`,
  roundRunning: (before, amount, result) =>
    `对累计数四舍五入，使各行之和等于总额的舍入值：${before} + ${amount} 与 ${before} 分别舍入后相减，得 ${result}。`,
  sum: (count, result) => `${count} 项合计 ${result}。`,
  limit: (amount, limit, result) => `由 ${amount} 调整到限额 ${limit}，差额 ${result}。`,
  fixed: (result) => `方案规定 ${result}。`,
  draw: (due, draw, result) => `应付 ${due}，补足到预支额 ${draw}，得 ${result}。`,
  adjustment: (period, id, original, before, after, amount) =>
    `${period} 对已关账月份 ${original} 的 ${id} 进行调整：由 ${before} 变为 ${after}，差额 ${amount}。`,
  causes: (causes) => `期间新获知的事实：${causes}。`,
  before: '调整前：',
  after: '现在：',
}

export const phrases: Readonly<Record<Locale, Phrases>> = { 'zh-CN': zh, en }
