// Drawing at the resolution of the screen, in CSS pixels.

/** Sizes the canvas and gives its context, scaled so that one unit is one CSS pixel. Device pixels beyond 2x are not used. */
export function prepareCanvas(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const ratio = Math.min(2, window.devicePixelRatio || 1)
  const w = Math.max(1, Math.round(width * ratio))
  const h = Math.max(1, Math.round(height * ratio))
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w
    canvas.height = h
    canvas.style.width = `${width}px`
    canvas.style.height = `${height}px`
  }
  const context = canvas.getContext('2d')
  context?.setTransform(ratio, 0, 0, ratio, 0, 0)
  return context
}

/** `#rrggbb` as the pixel of an ImageData seen as Uint32Array (little-endian). */
export function packColour(hex: string, alpha = 255): number {
  const value = Number.parseInt(hex.slice(1), 16)
  return ((alpha << 24) | ((value & 255) << 16) | (value & 0xff00) | (value >> 16)) >>> 0
}
