import { expect, it } from 'vitest'
import { attributionPicture } from './picture.ts'

const picture = {
  models: ['first', 'markov'],
  rows: [
    { key: 'a <b> & c', credits: [3, 1] },
    { key: 'none', credits: [0, 0] },
    { key: 'search', credits: [1, 3] },
  ],
  paths: [{ path: ['search', 'a <b> & c'], conversions: 3, notConverted: 2 }],
}
const bars = (svg: string) =>
  [...svg.matchAll(/<rect x="\d+" y="\d+" width="([\d.]+)"/g)].map(([, width]) => Number(width))

it('shows shares within each model, all bars by one measure', () => {
  const svg = attributionPicture(picture)
  expect([...svg.matchAll(/([\d.]+ %)/g)].map(([, share]) => share)).toEqual([
    ...['75.0 %', '25.0 %', '25.0 %', '75.0 %', '0.0 %', '0.0 %'],
  ])
  expect(bars(svg)).toEqual([65, 21.67, 21.67, 65, 0, 0])
  expect(svg).toContain('a &lt;b&gt; &amp; c')
  expect(svg).toContain('3 of 5:  search → a &lt;b&gt; &amp; c')
})

it('is there for nobody credited and for no paths, and in Chinese', () => {
  const empty = attributionPicture({ models: ['first'], rows: [{ key: 'x', credits: [0] }], paths: [] }, 'zh-CN')
  expect(bars(empty)).toEqual([0])
  expect(empty).toContain('各归因模型的贡献占比')
  expect(empty).not.toContain('带来最多转化的路径')
  expect(attributionPicture({ models: [], rows: [], paths: [] })).toMatch(/^<svg .*<\/svg>\n$/s)
})
