// Duration of the found traces over their start time. The list has the same traces for keyboard and screen reader.
import { useEffect, useMemo, useRef, useState } from 'react'
import type { PointerEvent, ReactElement } from 'react'
import type { TraceLine } from '../api/types'
import { formatClock, formatDuration } from '../i18n/format'
import type { Zone } from '../i18n/format'
import { useT } from '../i18n/t'
import { prepareCanvas } from '../kit/canvas'
import { useSize } from '../kit/use-size'
import type { Size } from '../kit/use-size'
import { usePrefs } from '../state/prefs'
import { canvasColours, useTheme } from '../theme/theme'
import type { CanvasColours } from '../theme/theme'
import { height, layout, margin, nearest } from './plot'
import type { Plot } from './plot'

const legendWidth = 220

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800]

/** Where lines go: at 1, 10, 100; at 2 and 5 as well when there is room. */
function powersIn({ low, high }: Plot): number[] {
  const every = high - low > 4 ? 2 : 1
  const factors = high - low < 1.6 ? [1, 2, 5] : [1]
  const powers: number[] = []
  for (let power = Math.floor(low); power <= high; power += every) {
    for (const factor of factors) powers.push(power + Math.log10(factor))
  }
  return powers.filter((power) => power >= low && power <= high)
}

function drawAxes(g: CanvasRenderingContext2D, plot: Plot, size: Size, colours: CanvasColours, zone: Zone): void {
  g.font = '11px system-ui, "Noto Sans CJK SC", sans-serif'
  g.strokeStyle = colours.line
  g.fillStyle = colours['fg-2']
  g.lineWidth = 1
  const bottom = height - margin.bottom
  g.textAlign = 'right'
  g.textBaseline = 'middle'
  for (const power of powersIn(plot)) {
    const y = Math.round(margin.top + (1 - (power - plot.low) / (plot.high - plot.low)) * (bottom - margin.top)) + 0.5
    g.beginPath()
    g.moveTo(margin.left - 4, y)
    g.lineTo(size.width - margin.right + 10, y)
    g.stroke()
    g.fillText(formatDuration(10 ** power), margin.left - 10, y)
  }
  g.textAlign = 'center'
  g.textBaseline = 'top'
  const seconds = (plot.t1 - plot.t0) / 1000
  const step = (steps.find((s) => seconds / s <= size.width / 110) ?? 604800) * 1000
  const shift = zone === 'local' ? new Date(plot.t0).getTimezoneOffset() * 60_000 : 0
  for (let at = Math.ceil((plot.t0 - shift) / step) * step + shift; at <= plot.t1; at += step) {
    const x = margin.left + ((at - plot.t0) / (plot.t1 - plot.t0)) * (size.width - margin.left - margin.right)
    const clock = formatClock(BigInt(Math.round(at)) * 1_000_000n, zone)
    if (x < size.width - legendWidth) g.fillText(step >= 60_000 ? clock.slice(0, 5) : clock.slice(0, 8), x, bottom + 14)
  }
}

function drawPoints(g: CanvasRenderingContext2D, plot: Plot, rows: readonly TraceLine[], colours: CanvasColours): void {
  for (const bad of [false, true]) {
    g.fillStyle = bad ? colours.err : colours.accent
    g.strokeStyle = colours['bg-0']
    for (let i = 0; i < rows.length; i++) {
      if (rows[i]!.errors > 0 !== bad) continue
      const x = plot.x[i]!
      const y = plot.y[i]!
      const r = plot.radius[i]!
      g.globalAlpha = bad ? 0.95 : 0.6
      g.beginPath()
      if (bad) {
        // Errors differ in form as well as in colour.
        g.moveTo(x, y - r - 1.5)
        g.lineTo(x + r + 1.5, y)
        g.lineTo(x, y + r + 1.5)
        g.lineTo(x - r - 1.5, y)
        g.closePath()
      } else {
        g.arc(x, y, r, 0, Math.PI * 2)
      }
      g.fill()
      g.globalAlpha = 1
      g.stroke()
    }
  }
}

export function Scatter(props: { rows: readonly TraceLine[]; stale: boolean; onOpen: (id: string) => void }): ReactElement {
  const { rows, onOpen } = props
  const t = useT()
  const theme = useTheme()
  const zone = usePrefs((prefs) => prefs.zone)
  const box = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const size = useSize(box)
  const [hover, setHover] = useState(-1)
  const plot = useMemo(() => layout(rows, size.width), [rows, size.width])

  useEffect(() => {
    if (!canvas.current || size.width === 0) return
    const g = prepareCanvas(canvas.current, size.width, height)
    if (!g) return
    const colours = canvasColours(theme)
    g.clearRect(0, 0, size.width, height)
    if (rows.length === 0) return
    drawAxes(g, plot, size, colours, zone)
    drawPoints(g, plot, rows, colours)
    if (hover < 0 || hover >= rows.length) return
    g.strokeStyle = colours['fg-0']
    g.lineWidth = 2
    g.beginPath()
    g.arc(plot.x[hover]!, plot.y[hover]!, plot.radius[hover]! + 3.5, 0, Math.PI * 2)
    g.stroke()
  }, [rows, plot, size, theme, zone, hover])

  const at = (event: PointerEvent | React.MouseEvent): number => {
    const rectangle = event.currentTarget.getBoundingClientRect()
    return nearest(plot, event.clientX - rectangle.left, event.clientY - rectangle.top)
  }
  const label = useMemo(() => {
    const durations = rows.map((row) => Number(row.duration_ns))
    const values = {
      min: formatDuration(durations.reduce((a, b) => Math.min(a, b), Infinity)),
      max: formatDuration(durations.reduce((a, b) => Math.max(a, b), 0)),
    }
    return rows.length === 0 ? t('scatter.title') : t('scatter.label', { count: rows.length, ...values })
  }, [rows, t])
  const shown = hover >= 0 ? rows[hover] : undefined
  return (
    <div ref={box} className={`scatter ${props.stale ? 'stale' : ''}`}>
      <canvas ref={canvas} role="img" aria-label={label} className={shown ? 'pointing' : ''} onPointerMove={(event) => setHover(at(event))}
        onPointerLeave={() => setHover(-1)} onClick={(event) => {
          const hit = at(event)
          if (hit >= 0) onOpen(rows[hit]!.trace_id)
        }} />
      {rows.length > 0 && (
        <div className="scatter-legend" aria-hidden="true">
          <span><i className="circle" />{t('scatter.traces')}</span>
          <span><i className="diamond" />{t('scatter.withError')}</span>
        </div>
      )}
      {shown && (
        <div className="scatter-tip" aria-hidden="true" style={{
          left: Math.min(plot.x[hover]! + 12, size.width - 260), top: Math.min(plot.y[hover]! + 8, height - 44),
        }}>
          <strong>{(shown.root ?? shown.match).service}</strong> {(shown.root ?? shown.match).operation}
          <br />
          {formatDuration(Number(shown.duration_ns))} · {t('results.spans', { count: shown.spans })}
          {shown.errors > 0 && <> · ✕ {t('results.errors', { count: shown.errors })}</>}
        </div>
      )}
    </div>
  )
}
