import * as echarts from 'echarts'

/** Bars in groups: one group for each category, one bar in it for each series; a hole where there is no figure. */
export interface Bars {
  readonly title: string
  readonly categories: readonly string[]
  readonly series: readonly { readonly name: string; readonly values: readonly (number | undefined)[] }[]
  readonly unit: string
  readonly scale: 'log' | 'linear'
}

/** Legible on white and on near black: the background stays clear, and text is of a grey between. */
const grey = '#7c8594'
const colours = [
  '#d9480f',
  '#3b82c4',
  '#2f9e6e',
  '#a06cc9',
  '#c99a1e',
  '#5f9ea0',
  '#c2608c',
  '#7a8f3c',
  '#8a7968',
  '#5b6fd6',
  '#9aa3ad',
]

/** Styles for a pointer, whose names count up with every chart that a process draws. */
const hover = /<style[^>]*>[\s\S]*?<\/style>\n?/g
const hovered = / class="zr[\w-]+"/g

/** The chart as SVG, the same text for the same figures. */
export function barsSvg({ title, categories, series, unit, scale }: Bars, width = 960, height = 420): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height })
  const text = { color: grey, fontFamily: 'system-ui, sans-serif', fontSize: 13 }
  chart.setOption({
    animation: false,
    backgroundColor: 'transparent',
    color: colours,
    textStyle: text,
    title: { text: title, left: 8, top: 4, textStyle: { ...text, fontSize: 15 } },
    legend: { top: 32, left: 8, right: 8, textStyle: text, itemWidth: 14, itemHeight: 10, itemGap: 18 },
    grid: { left: 8, right: 16, top: series.length > 6 ? 128 : 96, bottom: 8, containLabel: true },
    xAxis: {
      type: 'category',
      data: categories,
      axisLabel: { ...text, interval: 0 },
      axisLine: { onZero: false, lineStyle: { color: grey } },
      axisTick: { show: false },
    },
    yAxis: {
      type: scale === 'log' ? 'log' : 'value',
      name: unit,
      nameTextStyle: { ...text, align: 'left' },
      nameGap: 10,
      axisLabel: text,
      splitLine: { lineStyle: { color: grey, opacity: 0.25 } },
    },
    series: series.map(({ name, values }) => ({ type: 'bar', name, data: values.map((value) => value ?? '-') })),
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg.replace(hover, '').replace(hovered, '')
}
