// The whole trace in a strip: a pixel buffer that every span writes a line into, drawn once for a size and theme.
import { packColour } from '../../kit/canvas'
import type { Slots } from '../../theme/palettes'
import type { CanvasColours } from '../../theme/theme'
import { isError } from '../model/tree'
import type { Trace } from '../model/tree'

export function paintOverview(
  trace: Trace, slots: Slots, colours: CanvasColours, width: number, height: number,
): ImageData {
  const pixels = new Uint32Array(width * height)
  const services = colours.services.map((colour) => packColour(colour))
  const errorColour = packColour(colours.err)
  const { start, dur, svc } = trace.columns
  const pitch = Math.min(5, height / trace.n)
  const thick = Math.max(1, pitch < 2 ? Math.round(pitch) : Math.floor(pitch * 0.8))
  // Errors last, so that nothing paints over them.
  for (const errors of [false, true]) {
    for (let row = 0; row < trace.n; row++) {
      const error = isError(trace, row)
      if (errors && !error) continue
      const y = Math.min(height - thick, Math.floor(row * pitch))
      const from = Math.max(0, Math.min(width - 1, Math.floor((start[row]! / trace.span) * width)))
      const to = Math.min(width, Math.max(from + 1, Math.ceil(((start[row]! + dur[row]!) / trace.span) * width)))
      const colour = error ? errorColour : services[slots.slot[svc[row]!]!]!
      for (let line = y; line < y + thick; line++) pixels.fill(colour, line * width + from, line * width + to)
    }
  }
  return new ImageData(new Uint8ClampedArray(pixels.buffer), width, height)
}
