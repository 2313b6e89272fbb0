// Overview of the trace. Dragging over it zooms, dragging an end of the zoomed range moves that end.
import { useEffect, useRef, useState } from 'react'
import type { PointerEvent, ReactElement } from 'react'
import { useT } from '../../i18n/t'
import { prepareCanvas } from '../../kit/canvas'
import { useSize } from '../../kit/use-size'
import type { Slots } from '../../theme/palettes'
import { canvasColours, useTheme } from '../../theme/theme'
import { paintOverview } from '../canvas/minimap'
import { clampZoom } from '../canvas/viewport'
import type { Zoom } from '../canvas/viewport'
import type { Trace } from '../model/tree'
import type { ChangeView } from './use-trace-view'

export const minimapHeight = 58
const grip = 5

interface Props {
  trace: Trace
  slots: Slots
  zoom: Zoom | null
  onChange: ChangeView
  /** A range has been chosen. */
  onZoomed: () => void
}

export function Minimap({ trace, slots, zoom, onChange, onZoomed }: Props): ReactElement {
  const t = useT()
  const theme = useTheme()
  const box = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const { width } = useSize(box)
  /** The end that stays while the other is dragged, in ns. */
  const anchor = useRef<number | null>(null)
  const [overview, setOverview] = useState<OffscreenCanvas | null>(null)
  useEffect(() => {
    if (width === 0) return
    // In a task of its own: the rows come first, and input may come between.
    const timer = setTimeout(() => {
      const ratio = Math.min(2, window.devicePixelRatio || 1)
      const image = paintOverview(trace, slots, canvasColours(theme), Math.round(width * ratio), Math.round((minimapHeight - 8) * ratio))
      const bitmap = new OffscreenCanvas(image.width, image.height)
      bitmap.getContext('2d')?.putImageData(image, 0, 0)
      setOverview(bitmap)
    })
    return () => clearTimeout(timer)
  }, [trace, slots, theme, width])

  useEffect(() => {
    if (!canvas.current || overview === null) return
    const g = prepareCanvas(canvas.current, width, minimapHeight)
    if (!g) return
    const colours = canvasColours(theme)
    g.fillStyle = colours['bg-1']
    g.fillRect(0, 0, width, minimapHeight)
    g.drawImage(overview, 0, 4, width, minimapHeight - 8)
    if (zoom === null) return
    const from = (zoom[0] / trace.span) * width
    const to = Math.max(from + 1, (zoom[1] / trace.span) * width)
    g.fillStyle = colours['bg-3']
    g.globalAlpha = 0.72
    g.fillRect(0, 0, from, minimapHeight)
    g.fillRect(to, 0, width - to, minimapHeight)
    g.globalAlpha = 1
    g.fillStyle = colours.accent
    for (const x of [from, to]) {
      g.fillRect(Math.round(x) - 1, 0, 2, minimapHeight)
      g.beginPath()
      g.roundRect(Math.round(x) - 3, minimapHeight / 2 - 9, 6, 18, 3)
      g.fill()
    }
  }, [overview, trace, theme, width, zoom])

  const timeAt = (event: PointerEvent): number => {
    const rectangle = event.currentTarget.getBoundingClientRect()
    return Math.max(0, Math.min(1, (event.clientX - rectangle.left) / rectangle.width)) * trace.span
  }
  const onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    const at = timeAt(event)
    const close = (grip / width) * trace.span
    if (zoom !== null && Math.abs(at - zoom[0]) < close) anchor.current = zoom[1]
    else if (zoom !== null && Math.abs(at - zoom[1]) < close) anchor.current = zoom[0]
    else anchor.current = at
  }
  const onPointerMove = (event: PointerEvent): void => {
    if (anchor.current === null) return
    const at = timeAt(event)
    if (Math.abs(at - anchor.current) < (3 / width) * trace.span) return
    onChange({ zoom: clampZoom(trace.span, Math.min(at, anchor.current), Math.max(at, anchor.current)) })
  }
  const release = (): void => {
    if (anchor.current !== null) onZoomed()
    anchor.current = null
  }
  return (
    <div ref={box} className="minimap" data-drawn={overview !== null}>
      <canvas ref={canvas} role="img" aria-label={t('trace.minimap')} onPointerDown={onPointerDown} onPointerMove={onPointerMove}
        onPointerUp={release} onPointerCancel={release} onDoubleClick={() => onChange({ zoom: null })} />
    </div>
  )
}
