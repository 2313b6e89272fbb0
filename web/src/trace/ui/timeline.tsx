// The rows of the trace: a native scroll box with a canvas that stays in place, and the same rows as a tree grid for
// keyboard and screen reader.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { PointerEvent, ReactElement, RefObject } from 'react'
import { useT } from '../../i18n/t'
import { prepareCanvas } from '../../kit/canvas'
import { useSize } from '../../kit/use-size'
import { usePrefs } from '../../state/prefs'
import type { Slots } from '../../theme/palettes'
import { canvasColours, useTheme } from '../../theme/theme'
import { drawTimeline, indentOf, timeOfX } from '../canvas/timeline'
import type { Scene } from '../canvas/timeline'
import { centreOn, clampZoom, firstRow, lastRow, pan, rowHeight, rulerHeight, scrollHeight, scrollToShow, scrollTopOf, topOf, zoomAround } from '../canvas/viewport'
import type { Viewport } from '../canvas/viewport'
import { firstStarting, positionOf, toggle } from '../model/collapse'
import type { Trace } from '../model/tree'
import { RowMirror } from './row-mirror'
import type { ChangeView, View } from './use-trace-view'

interface Props {
  trace: Trace
  view: View
  visible: Uint32Array
  matched: Uint8Array | null
  slots: Slots
  grid: RefObject<HTMLDivElement | null>
  /** Set to what brings rows of the zoomed range into sight when none is. */
  follow: RefObject<(() => void) | null>
  onChange: ChangeView
}

const dragThreshold = 4
const mirrorMs = 120
const minTree = 160

export const clampTree = (width: number, total: number): number =>
  Math.round(Math.max(minTree, Math.min(width, Math.max(minTree, total * 0.7))))

export function Timeline({ trace, view, visible, matched, slots, grid, follow, onChange }: Props): ReactElement {
  const t = useT()
  const theme = useTheme()
  const box = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const size = useSize(box)
  const preferred = usePrefs((prefs) => prefs.treeWidth)
  const treeWidth = clampTree(preferred, size.width)
  const colours = useMemo(() => canvasColours(theme), [theme])
  const { cursor, zoom, collapse } = view
  const scene: Scene = useMemo(
    () => ({ trace, visible, collapse, matched, slots, colours, zoom, cursor, treeWidth, width: size.width, height: size.height }),
    [trace, visible, collapse, matched, slots, colours, zoom, cursor, treeWidth, size],
  )
  const viewport: Viewport = useMemo(
    () => ({ rows: visible.length, height: Math.max(0, size.height - rulerHeight) }), [visible.length, size.height],
  )
  const painter = usePainter(box, canvas, scene, viewport)
  const [mirrorTop, setMirrorTop] = useState(0)

  useLayoutEffect(() => {
    // The cursor is kept in sight: it moves by keys, by matches and by the address.
    const element = box.current
    if (!element || cursor < 0 || viewport.height === 0) return
    const to = scrollToShow(viewport, element.scrollTop, positionOf(visible, cursor))
    if (to !== null) element.scrollTop = to
    setMirrorTop(topOf(viewport, element.scrollTop))
  }, [cursor, visible, viewport])

  useEffect(() => {
    const element = box.current
    if (!element) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const settle = (): void => setMirrorTop(topOf(viewport, element.scrollTop))
    const onScroll = (): void => {
      painter.request()
      clearTimeout(timer)
      timer = setTimeout(settle, mirrorMs)
    }
    settle()
    element.addEventListener('scroll', onScroll, { passive: true })
    return () => {
      clearTimeout(timer)
      element.removeEventListener('scroll', onScroll)
    }
  }, [painter, viewport])

  useEffect(() => {
    follow.current = () => {
      const element = box.current
      if (!element || zoom === null) return
      const top = topOf(viewport, element.scrollTop)
      const seen = visible.subarray(firstRow(top), lastRow(viewport, top))
      if (firstStarting(trace, seen, ...zoom) >= 0) return
      const row = firstStarting(trace, visible, ...zoom)
      if (row >= 0) element.scrollTop = scrollTopOf(viewport, (positionOf(visible, row) - 1) * rowHeight)
    }
  }, [follow, trace, visible, viewport, zoom])

  useWheelZoom(box, painter.scene, onChange)

  const rowAt = (y: number): number => {
    if (y < rulerHeight) return -1
    const position = Math.floor((y - rulerHeight + topOf(viewport, box.current!.scrollTop)) / rowHeight)
    return visible[position] ?? -1
  }
  const pointer = usePointer({ rowAt, painter, trace, treeWidth, grid, onChange })

  return (
    <div ref={box} className="timeline" data-rows={visible.length}>
      <div className="timeline-stage" style={{ height: size.height }}>
        <canvas ref={canvas} aria-hidden="true" {...pointer} />
        <RowMirror grid={grid} trace={trace} view={view} visible={visible} top={mirrorTop} viewport={viewport} />
        <div className="timeline-splitter" role="separator" aria-orientation="vertical" tabIndex={0} aria-label={t('trace.resize')}
          aria-valuenow={treeWidth} aria-valuemin={minTree} aria-valuemax={Math.max(minTree, Math.round(size.width * 0.7))}
          style={{ left: treeWidth - 3 }} onKeyDown={(event) => {
            const step = event.key === 'ArrowLeft' ? -20 : event.key === 'ArrowRight' ? 20 : 0
            if (step === 0) return
            event.preventDefault()
            usePrefs.setState({ treeWidth: clampTree(treeWidth + step, size.width) })
          }}
          onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
          onPointerMove={(event) => {
            if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
            const left = box.current!.getBoundingClientRect().left
            usePrefs.setState({ treeWidth: clampTree(event.clientX - left, size.width) })
          }} />
      </div>
      <div style={{ height: scrollHeight(viewport) - viewport.height }} />
    </div>
  )
}

interface Painter {
  /** What is drawn; current inside of event handlers. */
  readonly scene: RefObject<Scene>
  hover: number
  drag: readonly [number, number] | null
  request: () => void
}

/** One frame for however many reasons to draw there are. */
function usePainter(
  box: RefObject<HTMLDivElement | null>, canvas: RefObject<HTMLCanvasElement | null>, scene: Scene, viewport: Viewport,
): Painter {
  const current = useRef(scene)
  const currentViewport = useRef(viewport)
  const painter = useMemo<Painter>(() => {
    let frame = 0
    const paint = (): void => {
      frame = 0
      const { width, height } = current.current
      if (!canvas.current || !box.current || width === 0) return
      const g = prepareCanvas(canvas.current, width, height)
      const top = topOf(currentViewport.current, box.current.scrollTop)
      if (g) drawTimeline(g, current.current, { top, hover: painter.hover, drag: painter.drag })
    }
    const painter: Painter = {
      scene: current, hover: -1, drag: null,
      request: () => {
        if (frame === 0) frame = requestAnimationFrame(paint)
      },
    }
    return painter
  }, [box, canvas])
  useLayoutEffect(() => {
    current.current = scene
    currentViewport.current = viewport
    painter.request()
  }, [painter, scene, viewport])
  return painter
}

function useWheelZoom(box: RefObject<HTMLDivElement | null>, scene: RefObject<Scene>, onChange: ChangeView): void {
  useEffect(() => {
    const element = box.current
    if (!element) return
    const onWheel = (event: WheelEvent): void => {
      const { trace } = scene.current
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault()
        const at = timeOfX(scene.current, event.clientX - element.getBoundingClientRect().left)
        onChange((view) => ({ zoom: zoomAround(trace.span, view.zoom, at, Math.exp(Math.max(-50, Math.min(50, event.deltaY)) * 0.006)) }))
      } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault()
        const by = event.deltaX || event.deltaY
        onChange((view) => ({ zoom: pan(trace.span, view.zoom, by / 1000) }))
      }
    }
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  }, [box, scene, onChange])
}

interface PointerParts {
  rowAt: (y: number) => number
  painter: Painter
  trace: Trace
  treeWidth: number
  grid: RefObject<HTMLDivElement | null>
  onChange: ChangeView
}

/** A click opens a row or folds it; a drag over the bars or the ruler zooms. */
function usePointer({ rowAt, painter, trace, treeWidth, grid, onChange }: PointerParts) {
  const down = useRef<{ x: number; dragging: boolean } | null>(null)
  const place = (event: PointerEvent): { x: number; y: number } => {
    const rectangle = event.currentTarget.getBoundingClientRect()
    return { x: event.clientX - rectangle.left, y: event.clientY - rectangle.top }
  }
  return {
    onPointerDown(event: PointerEvent): void {
      if (event.button !== 0) return
      event.preventDefault()
      grid.current?.focus({ preventScroll: true })
      down.current = { x: place(event).x, dragging: false }
      event.currentTarget.setPointerCapture(event.pointerId)
    },
    onPointerMove(event: PointerEvent): void {
      const { x, y } = place(event)
      if (down.current && down.current.x > treeWidth && (down.current.dragging || Math.abs(x - down.current.x) > dragThreshold)) {
        down.current.dragging = true
        painter.drag = [down.current.x, x]
      } else {
        painter.hover = rowAt(y)
      }
      painter.request()
    },
    onPointerLeave(): void {
      painter.hover = -1
      painter.request()
    },
    onPointerUp(event: PointerEvent): void {
      const { x, y } = place(event)
      const start = down.current
      down.current = null
      painter.drag = null
      painter.request()
      if (!start) return
      if (start.dragging) {
        const ends = [timeOfX(painter.scene.current, start.x), timeOfX(painter.scene.current, x)].sort((a, b) => a - b)
        return onChange({ zoom: clampZoom(trace.span, ends[0]!, ends[1]!) })
      }
      const row = rowAt(y)
      if (row < 0) return
      const left = indentOf({ trace, treeWidth }, row)
      if (trace.children[row]! > 0 && x >= left - 4 && x < left + 15) onChange((view) => ({ collapse: toggle(view.collapse, row) }))
      else {
        const { start, dur } = trace.columns
        onChange((view) => ({ cursor: row, details: true, zoom: centreOn(trace.span, view.zoom, start[row]!, Math.max(0, dur[row]!)) }))
      }
    },
    onPointerCancel(): void {
      down.current = null
      painter.drag = null
    },
  }
}
