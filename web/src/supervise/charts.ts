import type { EChartsOption } from 'echarts'

import type { Figures } from '@/api/types'

/** Colours of a chart, from the theme in force. */
export interface Palette {
  ink: string
  soft: string
  line: string
  brand: string
  bar: string
  warn: string
  ground: string
}

const WEEKDAYS = ['周一', '周二', '周三', '周四', '周五', '周六', '周日'] as const
const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour))

const shared = (palette: Palette): EChartsOption => ({
  animation: false,
  textStyle: { color: palette.soft, fontFamily: 'inherit' },
  tooltip: { backgroundColor: palette.ground, borderColor: palette.line, textStyle: { color: palette.ink, fontSize: 12 } },
})

const axis = (palette: Palette) => ({
  axisLine: { lineStyle: { color: palette.line } },
  axisLabel: { color: palette.soft },
  splitLine: { lineStyle: { color: palette.line } },
})

/** Calls and the automatic ones among them, day by day. */
export function trendChart(figures: Figures, palette: Palette): EChartsOption {
  return {
    ...shared(palette),
    tooltip: { ...(shared(palette).tooltip as object), trigger: 'axis' },
    legend: { textStyle: { color: palette.soft }, right: 0, top: 0, itemHeight: 8 },
    grid: { left: 40, right: 8, top: 32, bottom: 24 },
    xAxis: { type: 'category', data: figures.days.map((one) => one.day.slice(5)), ...axis(palette) },
    yAxis: { type: 'value', minInterval: 1, ...axis(palette) },
    series: [
      { name: '来电', type: 'line', symbolSize: 5, data: figures.days.map((one) => one.calls), color: palette.ink },
      { name: '自动办理', type: 'line', symbolSize: 5, data: figures.days.map((one) => one.automatic), color: palette.brand },
      { name: '人工改动', type: 'line', symbolSize: 5, lineStyle: { type: 'dashed' }, data: figures.days.map((one) => one.changed), color: palette.warn },
    ],
  }
}

/** When calls come: hours across, weekdays down. */
export function heatChart(figures: Figures, palette: Palette): EChartsOption {
  const most = Math.max(1, ...figures.heat.map((one) => one.calls))
  return {
    ...shared(palette),
    tooltip: {
      ...(shared(palette).tooltip as object),
      formatter(given) {
        const [hour, weekday, calls] = (given as unknown as { value: [number, number, number] }).value
        return `${WEEKDAYS[weekday] ?? ''} ${hour} 时：${calls} 通`
      },
    },
    grid: { left: 40, right: 8, top: 8, bottom: 24 },
    xAxis: { type: 'category', data: HOURS, ...axis(palette), splitLine: { show: false } },
    yAxis: { type: 'category', data: [...WEEKDAYS], inverse: true, ...axis(palette), splitLine: { show: false } },
    visualMap: { show: false, min: 0, max: most, inRange: { color: [palette.ground, palette.brand] } },
    series: [
      {
        type: 'heatmap',
        data: figures.heat.map((one) => [one.hour, one.weekday, one.calls]),
        itemStyle: { borderColor: palette.line, borderWidth: 1 },
      },
    ],
  }
}

/** What the machine was sure of against what was right; on the diagonal it knows itself. */
export function calibrationChart(figures: Figures, palette: Palette): EChartsOption {
  const bins = figures.calibration.filter((bin) => bin.tickets > 0)
  const most = Math.max(1, ...bins.map((bin) => bin.tickets))
  return {
    ...shared(palette),
    tooltip: {
      ...(shared(palette).tooltip as object),
      formatter(given) {
        const [confidence, right, tickets] = (given as unknown as { value: [number, number, number] }).value
        return `把握 ${Math.round(confidence * 100)}%：实际正确 ${Math.round(right * 100)}%（${tickets} 件）`
      },
    },
    grid: { left: 44, right: 12, top: 12, bottom: 36 },
    xAxis: { type: 'value', min: 0, max: 1, name: '把握', nameLocation: 'middle', nameGap: 22, ...axis(palette) },
    yAxis: { type: 'value', min: 0, max: 1, ...axis(palette) },
    series: [
      { type: 'line', data: [[0, 0], [1, 1]], symbol: 'none', silent: true, lineStyle: { type: 'dashed', width: 1 }, color: palette.soft },
      {
        type: 'scatter',
        data: bins.map((bin) => [bin.mean_confidence, bin.right_share, bin.tickets]),
        symbolSize: (value: number[]) => 6 + 18 * Math.sqrt((value[2] ?? 0) / most),
        color: palette.brand,
      },
    ],
  }
}
