// Where rows and times are on the screen. Browsers stop at about 33 million pixels of height, so beyond `maxHeight` the
// scroll position is scaled; everything else counts in unscaled pixels.

export const rowHeight = 24
export const rulerHeight = 28
const maxHeight = 12_000_000

export interface Viewport {
  readonly rows: number
  /** Pixels for rows, without the ruler. */
  readonly height: number
}

const full = ({ rows }: Viewport): number => rows * rowHeight

/** Height that the scroll box is made to have. */
export const scrollHeight = (view: Viewport): number => Math.max(view.height, Math.min(full(view), maxHeight))

function scale(view: Viewport): number {
  const reach = scrollHeight(view) - view.height
  return reach > 0 ? (full(view) - view.height) / reach : 1
}

/** First visible pixel of the rows at a scroll position, and back. */
export const topOf = (view: Viewport, scrollTop: number): number => scrollTop * scale(view)
export const scrollTopOf = (view: Viewport, top: number): number =>
  Math.max(0, Math.min(top, full(view) - view.height)) / scale(view)

export const firstRow = (top: number): number => Math.floor(top / rowHeight)
export const lastRow = (view: Viewport, top: number): number =>
  Math.min(view.rows, Math.ceil((top + view.height) / rowHeight))

/** The scroll position that shows a row, or null when it can be seen as it is. */
export function scrollToShow(view: Viewport, scrollTop: number, position: number): number | null {
  const top = topOf(view, scrollTop)
  const y = position * rowHeight
  if (y >= top && y + rowHeight <= top + view.height) return null
  const near = Math.abs(y - top) < view.height * 1.5
  if (near && y < top) return scrollTopOf(view, y)
  if (near) return scrollTopOf(view, y + rowHeight - view.height)
  return scrollTopOf(view, y - view.height / 2)
}

export type Zoom = readonly [number, number]

/** A range of time within [0, span], never narrower than can be drawn. */
export function clampZoom(span: number, from: number, to: number): Zoom | null {
  const width = Math.min(span, Math.max(to - from, Math.max(10, span * 1e-9)))
  const start = Math.max(0, Math.min(from, span - width))
  return width >= span ? null : [start, start + width]
}

/** Zooms by a factor around a point that stays where it is. */
export function zoomAround(span: number, zoom: Zoom | null, at: number, factor: number): Zoom | null {
  const [from, to] = zoom ?? [0, span]
  return clampZoom(span, at - (at - from) * factor, at + (to - at) * factor)
}

export function pan(span: number, zoom: Zoom | null, share: number): Zoom | null {
  if (zoom === null) return null
  const width = zoom[1] - zoom[0]
  const from = Math.max(0, Math.min(span - width, zoom[0] + width * share))
  return clampZoom(span, from, from + width)
}

/** The same width of time around a span that it does not show. */
export function centreOn(span: number, zoom: Zoom | null, start: number, dur: number): Zoom | null {
  if (zoom === null || (start < zoom[1] && start + dur > zoom[0])) return zoom
  const half = (zoom[1] - zoom[0]) / 2
  const middle = start + Math.min(dur, half) / 2
  return clampZoom(span, middle - half, middle + half)
}

/** Round distances between the lines of a ruler, about `wanted` of them. */
export function tickStep(range: number, wanted: number): number {
  const rough = Math.max(1, range / Math.max(1, wanted))
  const power = 10 ** Math.floor(Math.log10(rough))
  for (const factor of [1, 2, 5]) if (factor * power >= rough) return factor * power
  return 10 * power
}
