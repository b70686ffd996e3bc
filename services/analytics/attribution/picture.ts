// Shares of credit by model, and the paths that led to most successes, as one SVG without any library's weight.

export interface AttributionPicture {
  readonly models: readonly string[]
  /** What each key is credited with by each model, in the order of `models`. */
  readonly rows: readonly { readonly key: string; readonly credits: readonly number[] }[]
  /** Most successful first. */
  readonly paths: readonly {
    readonly path: readonly string[]
    readonly conversions: number
    readonly notConverted: number
  }[]
}

const texts = {
  en: { shares: 'Share of credit by model', paths: 'Paths that led to most successes', of: 'of' },
  'zh-CN': { shares: '各归因模型的贡献占比', paths: '带来最多转化的路径', of: '/' },
} as const
export type PictureLanguage = keyof typeof texts

const LABEL = 180
const CELL = 120
const ROW = 22
const LEAST_WIDTH = 700
/** Keys and paths that are shown; the others would be too small to be seen. */
const MOST_ROWS = 30
const MOST_PATHS = 10
const colours = ['#4e79a7', '#f28e2b', '#59a14f', '#e15759', '#76b7b2', '#b07aa1', '#9c755f', '#edc948', '#79706e']

/** A row of bars for each key, a column for each model, so that models are compared along a row; below them the paths. */
export function attributionPicture(picture: AttributionPicture, language: PictureLanguage = 'en'): string {
  const { models, paths } = picture
  const words = texts[language]
  const sums = models.map((_, model) => picture.rows.reduce((sum, { credits }) => sum + credits[model]!, 0))
  const shares = picture.rows.map(({ key, credits }) => ({
    key,
    shares: credits.map((credit, model) => (sums[model]! > 0 ? credit / sums[model]! : 0)),
  }))
  const most = (row: { shares: readonly number[] }) => Math.max(0, ...row.shares)
  const rows = shares.sort((a, b) => most(b) - most(a) || (a.key < b.key ? -1 : 1)).slice(0, MOST_ROWS)
  const largest = Math.max(...rows.map(most), Number.MIN_VALUE)
  const shown = paths.slice(0, MOST_PATHS)
  const top = 60
  const below = top + rows.length * ROW + 40
  const width = Math.max(LEAST_WIDTH, LABEL + models.length * CELL + 20)
  const height = below + (shown.length > 0 ? shown.length * ROW + 20 : 0)
  const bars = rows.flatMap(({ key, shares }, i) => {
    const y = top + i * ROW
    return [
      text(LABEL - 10, y + 15, short(key, 24), 'end'),
      ...shares.map((share, model) => bar(LABEL + model * CELL, y, share, largest, colours[model % colours.length]!)),
    ]
  })
  const lines = shown.map(({ path, conversions, notConverted }, i) =>
    text(
      20,
      below + (i + 1) * ROW,
      `${conversions} ${words.of} ${conversions + notConverted}:  ${short(path.join(' → '), Math.floor(width / 8))}`,
    ),
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    heading(20, 24, words.shares),
    ...models.map((model, i) => text(LABEL + i * CELL, 48, model)),
    ...bars,
    ...(shown.length > 0 ? [heading(20, below, words.paths)] : []),
    ...lines,
    '</svg>\n',
  ].join('\n')
}

function bar(x: number, y: number, share: number, largest: number, colour: string): string {
  const length = (share / largest) * (CELL - 55)
  const shown = `${(share * 100).toFixed(1)} %`
  return `<rect x="${x}" y="${y + 4}" width="${length.toFixed(2)}" height="${ROW - 8}" fill="${colour}"/>${text(x + length + 4, y + 15, shown)}`
}

const heading = (x: number, y: number, content: string) =>
  `<text x="${x}" y="${y}" font-size="15" font-weight="bold">${escaped(content)}</text>`
const text = (x: number, y: number, content: string, anchor = 'start') =>
  `<text x="${x.toFixed(2)}" y="${y}" text-anchor="${anchor}">${escaped(content)}</text>`

const short = (content: string, most: number) => {
  const letters = [...content]
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : content
}

/** Also without characters that XML 1.0 cannot hold. */
const escaped = (content: string) =>
  content
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
