// Draws the rows on the screen: tree on the left, bars on the right, ruler on top. What it costs depends on the height of
// the screen, not on the number of spans.
import { formatDuration } from '../../i18n/format'
import type { Slots } from '../../theme/palettes'
import type { CanvasColours } from '../../theme/theme'
import { isCollapsed } from '../model/collapse'
import type { Collapse } from '../model/collapse'
import { isError, operationOf, serviceOf } from '../model/tree'
import type { Trace } from '../model/tree'
import { fitText, textWidth } from './text'
import { firstRow, lastRow, rowHeight, rulerHeight, tickStep } from './viewport'
import type { Zoom } from './viewport'

export interface Scene {
  readonly trace: Trace
  readonly visible: Uint32Array
  readonly collapse: Collapse
  readonly matched: Uint8Array | null
  readonly slots: Slots
  readonly colours: CanvasColours
  readonly zoom: Zoom | null
  readonly cursor: number
  readonly treeWidth: number
  readonly width: number
  readonly height: number
}

export interface Moment {
  readonly top: number
  readonly hover: number
  /** Ends of a range that is being dragged, in canvas pixels. */
  readonly drag: readonly [number, number] | null
}

const fontFamily = 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", "DejaVu Sans", sans-serif'
const normal = `12px ${fontFamily}`
const strong = `600 12px ${fontFamily}`
const small = `11px ${fontFamily}`
const indent = 13
const barHeight = 12
export const rightPad = 12

export const indentOf = (scene: Pick<Scene, 'trace' | 'treeWidth'>, row: number): number =>
  8 + Math.min(scene.trace.depth[row]! * indent, Math.max(indent, scene.treeWidth * 0.5))

export const barsWidth = (scene: Pick<Scene, 'width' | 'treeWidth'>): number =>
  Math.max(1, scene.width - scene.treeWidth - rightPad)

/** Canvas x of a time, and back. */
export function xOfTime(scene: Scene, time: number): number {
  const [from, to] = scene.zoom ?? [0, scene.trace.span]
  return scene.treeWidth + ((time - from) / (to - from)) * barsWidth(scene)
}

export function timeOfX(scene: Scene, x: number): number {
  const [from, to] = scene.zoom ?? [0, scene.trace.span]
  return from + ((x - scene.treeWidth) / barsWidth(scene)) * (to - from)
}

export function drawTimeline(g: CanvasRenderingContext2D, scene: Scene, moment: Moment): void {
  const { colours, width, height, visible } = scene
  g.fillStyle = colours['bg-0']
  g.fillRect(0, 0, width, height)
  g.textBaseline = 'middle'
  const first = firstRow(moment.top)
  const last = lastRow({ rows: visible.length, height: height - rulerHeight }, moment.top)
  const yOf = (position: number): number => rulerHeight + position * rowHeight - moment.top

  for (let position = first; position < last; position++) drawBackground(g, scene, moment, visible[position]!, yOf(position))
  drawGrid(g, scene)
  for (let position = first; position < last; position++) {
    const row = visible[position]!
    drawGuides(g, scene, row, yOf(position))
    g.globalAlpha = scene.matched !== null && scene.matched[row] === 0 ? 0.35 : 1
    drawTreeCell(g, scene, row, yOf(position))
    g.globalAlpha = 1
  }
  g.save()
  g.beginPath()
  g.rect(scene.treeWidth, rulerHeight, width - scene.treeWidth, height)
  g.clip()
  for (let position = first; position < last; position++) {
    const row = visible[position]!
    g.globalAlpha = scene.matched !== null && scene.matched[row] === 0 ? 0.3 : 1
    drawBar(g, scene, row, yOf(position))
  }
  g.restore()
  g.globalAlpha = 1
  drawRuler(g, scene)
  if (moment.drag !== null) drawDrag(g, scene, moment.drag)
}

function drawBackground(g: CanvasRenderingContext2D, scene: Scene, moment: Moment, row: number, y: number): void {
  const { colours, width } = scene
  if (row === scene.cursor || row === moment.hover) {
    g.fillStyle = row === scene.cursor ? colours['accent-soft'] : colours['bg-1']
    g.fillRect(0, y, width, rowHeight)
  }
  if (scene.matched !== null && scene.matched[row] === 1) {
    g.fillStyle = colours.match
    g.fillRect(0, y + 1, 4, rowHeight - 2)
  }
  if (row === scene.cursor) {
    g.fillStyle = colours.accent
    g.fillRect(0, y, 2, rowHeight)
  }
}

function drawGrid(g: CanvasRenderingContext2D, scene: Scene): void {
  g.fillStyle = scene.colours.line
  forEachTick(scene, (x) => g.fillRect(Math.round(x), rulerHeight, 1, scene.height))
  g.fillRect(scene.treeWidth, 0, 1, scene.height)
}

function forEachTick(scene: Scene, visit: (x: number, time: number) => void): void {
  const [from, to] = scene.zoom ?? [0, scene.trace.span]
  const step = tickStep(to - from, barsWidth(scene) / 110)
  for (let time = Math.ceil(from / step) * step; time <= to; time += step) visit(xOfTime(scene, time), time)
}

function drawRuler(g: CanvasRenderingContext2D, scene: Scene): void {
  const { colours, width, treeWidth } = scene
  g.fillStyle = colours['bg-1']
  g.fillRect(0, 0, width, rulerHeight)
  g.fillStyle = colours.line
  g.fillRect(0, rulerHeight - 1, width, 1)
  g.fillRect(treeWidth, 0, 1, rulerHeight)
  g.font = small
  g.textAlign = 'left'
  forEachTick(scene, (x, time) => {
    g.fillStyle = colours.line
    g.fillRect(Math.round(x), rulerHeight - 9, 1, 9)
    g.fillStyle = colours['fg-2']
    const label = formatDuration(time)
    if (x + textWidth(g, label) + 5 < width) g.fillText(label, x + 5, rulerHeight / 2)
  })
}

function drawGuides(g: CanvasRenderingContext2D, scene: Scene, row: number, y: number): void {
  g.fillStyle = scene.colours.line
  const left = indentOf(scene, row)
  for (let x = 8 + indent; x <= left; x += indent) g.fillRect(x - 8, y, 1, rowHeight)
}

function drawTreeCell(g: CanvasRenderingContext2D, scene: Scene, row: number, y: number): void {
  const { trace, colours, treeWidth } = scene
  const left = indentOf(scene, row)
  const middle = y + rowHeight / 2 + 0.5
  const collapsed = isCollapsed(trace, scene.collapse, row)
  if (trace.children[row]! > 0) drawTriangle(g, colours, left + 6, middle, collapsed)
  drawFill(g, scene, row, left + 15, y + 5, 4, rowHeight - 10)

  let x = left + 25
  const edge = treeWidth - 8
  g.textAlign = 'left'
  const hiddenErrors = collapsed ? trace.errorsBelow[row]! : 0
  if (isError(trace, row) || hiddenErrors > 0) {
    g.font = strong
    g.fillStyle = colours.err
    const mark = hiddenErrors > 0 ? `✕ ${hiddenErrors + (isError(trace, row) ? 1 : 0)}` : '✕'
    g.fillText(mark, x, middle)
    x += textWidth(g, mark) + 5
  }
  g.font = strong
  g.fillStyle = colours['fg-0']
  const service = fitText(g, serviceOf(trace, row), edge - x)
  g.fillText(service, x, middle)
  x += textWidth(g, service) + 7
  g.font = normal
  g.fillStyle = colours['fg-1']
  const operation = fitText(g, operationOf(trace, row), edge - x)
  g.fillText(operation, x, middle)
  x += textWidth(g, operation) + 8
  if (!collapsed) return
  g.fillStyle = colours['fg-2']
  g.fillText(fitText(g, `+${trace.size[row]! - 1}`, edge - x), x, middle)
}

function drawTriangle(g: CanvasRenderingContext2D, colours: CanvasColours, x: number, y: number, collapsed: boolean): void {
  g.fillStyle = colours['fg-2']
  g.beginPath()
  if (collapsed) {
    g.moveTo(x - 2, y - 4)
    g.lineTo(x + 3, y)
    g.lineTo(x - 2, y + 4)
  } else {
    g.moveTo(x - 4, y - 2)
    g.lineTo(x + 4, y - 2)
    g.lineTo(x, y + 3)
  }
  g.fill()
}

/** A rectangle in the colour of the row's service, with the lines that tell it from others of that colour. */
function drawFill(g: CanvasRenderingContext2D, scene: Scene, row: number, x: number, y: number, w: number, h: number): void {
  const service = scene.trace.columns.svc[row]!
  const pattern = scene.slots.pattern[service]!
  g.fillStyle = scene.colours.services[scene.slots.slot[service]!]!
  g.beginPath()
  g.roundRect(x, y, w, h, Math.min(2.5, w / 2))
  g.fill()
  if (pattern === 0 || w < 4) return
  g.save()
  g.clip()
  g.strokeStyle = scene.colours['bg-0']
  g.lineWidth = 1
  g.beginPath()
  const right = Math.min(x + w, scene.width) + h
  for (let at = Math.max(x, scene.treeWidth - h); at < right; at += 6) {
    if (pattern & 1) {
      g.moveTo(at, y)
      g.lineTo(at - h, y + h)
    }
    if (pattern & 2) {
      g.moveTo(at - h, y)
      g.lineTo(at, y + h)
    }
  }
  g.stroke()
  g.restore()
}

function drawBar(g: CanvasRenderingContext2D, scene: Scene, row: number, y: number): void {
  const { trace, colours, treeWidth } = scene
  const start = trace.columns.start[row]!
  const dur = trace.columns.dur[row]!
  const right = treeWidth + barsWidth(scene)
  const x0 = xOfTime(scene, Math.min(start, start + dur))
  const x1 = xOfTime(scene, Math.max(start, start + dur))
  const middle = y + rowHeight / 2 + 0.5
  if (x1 < treeWidth || x0 > right) {
    g.fillStyle = colours['fg-2']
    g.font = normal
    g.textAlign = x1 < treeWidth ? 'left' : 'right'
    g.fillText(x1 < treeWidth ? '‹' : '›', x1 < treeWidth ? treeWidth + 5 : right + 6, middle)
    return
  }
  const from = Math.max(x0, treeWidth - 8)
  const width = Math.max(2, Math.min(x1, scene.width + 8) - from)
  const error = isError(trace, row)
  drawFill(g, scene, row, from, y + (rowHeight - barHeight) / 2, width, barHeight)
  if (error) {
    g.fillStyle = colours.err
    g.fillRect(from, y + (rowHeight + barHeight) / 2 - 1, width, 3)
  }
  drawDuration(g, scene, `${error ? '✕ ' : ''}${formatDuration(dur)}`, error, from, from + width, middle)
}

function drawDuration(
  g: CanvasRenderingContext2D, scene: Scene, label: string, error: boolean, from: number, to: number, y: number,
): void {
  const { colours } = scene
  g.font = small
  g.textAlign = 'left'
  const room = textWidth(g, label)
  let x = to + 6
  if (x + room > scene.width - 4) x = from - 6 - room
  if (x < scene.treeWidth + 4) {
    x = Math.min(to, scene.width - rightPad) - room - 8
    g.fillStyle = colours['bg-0']
    g.beginPath()
    g.roundRect(x - 5, y - 8, room + 10, 15, 4)
    g.fill()
  }
  g.fillStyle = error ? colours.err : colours['fg-1']
  g.fillText(label, x, y)
}

function drawDrag(g: CanvasRenderingContext2D, scene: Scene, [a, b]: readonly [number, number]): void {
  const from = Math.max(scene.treeWidth, Math.min(a, b))
  const to = Math.max(a, b)
  g.globalAlpha = 0.16
  g.fillStyle = scene.colours.accent
  g.fillRect(from, 0, to - from, scene.height)
  g.globalAlpha = 1
  g.fillRect(from, 0, 1, scene.height)
  g.fillRect(to, 0, 1, scene.height)
}
