// Text that fits: widths are measured once per font and text.

const widths = new Map<string, number>()
const capacity = 20_000

export function textWidth(g: CanvasRenderingContext2D, text: string): number {
  const key = `${g.font}\n${text}`
  let width = widths.get(key)
  if (width === undefined) {
    width = g.measureText(text).width
    if (widths.size >= capacity) widths.clear()
    widths.set(key, width)
  }
  return width
}

/** The text, or as much of its beginning as fits with an ellipsis; empty when not even that does. */
export function fitText(g: CanvasRenderingContext2D, text: string, room: number): string {
  const width = textWidth(g, text)
  if (width <= room) return text
  let length = Math.floor((text.length * room) / width)
  while (length > 0 && textWidth(g, `${text.slice(0, length)}…`) > room) length--
  return length > 0 ? `${text.slice(0, length)}…` : ''
}
