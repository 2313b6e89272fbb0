// Recomputes what was promised of the colours: contrast with the background, and distance from each other in normal
// vision and three kinds of colour blindness (Machado et al. 2009, severity 1; CIEDE2000).
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { assignSlots, backgrounds, colourOf, errorColours, serviceColours, slotOf, slots } from '../../src/theme/palettes'

type Triple = [number, number, number]

const linear = (hex: string): Triple => [1, 3, 5].map((at) => {
  const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
}) as Triple

const times = (matrix: Triple[], v: Triple): Triple => matrix.map((row) => row[0] * v[0] + row[1] * v[1] + row[2] * v[2]) as Triple

const visions: Record<string, Triple[]> = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}

function lab(rgb: Triple): Triple {
  const [x, y, z] = times([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]],
    rgb.map((c) => Math.min(1, Math.max(0, c))) as Triple)
  const f = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : (t * (24389 / 27) + 16) / 116)
  const [fx, fy, fz] = [f(x / 0.95047), f(y), f(z / 1.08883)]
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)]
}

const degrees = (radians: number): number => ((radians * 180) / Math.PI + 360) % 360
const cosDegrees = (angle: number): number => Math.cos((angle * Math.PI) / 180)

function ciede2000([l1, a1, b1]: Triple, [l2, a2, b2]: Triple): number {
  const middle = (Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2
  const g = 1.5 - 0.5 * Math.sqrt(middle ** 7 / (middle ** 7 + 25 ** 7))
  const [c1, c2] = [Math.hypot(a1 * g, b1), Math.hypot(a2 * g, b2)]
  const [h1, h2] = [degrees(Math.atan2(b1, a1 * g)), degrees(Math.atan2(b2, a2 * g))]
  let dh = h2 - h1
  if (c1 * c2 === 0) dh = 0
  else if (dh > 180) dh -= 360
  else if (dh < -180) dh += 360
  const dH = 2 * Math.sqrt(c1 * c2) * Math.sin((dh * Math.PI) / 360)
  const [l, c] = [(l1 + l2) / 2, (c1 + c2) / 2]
  let h = h1 + h2
  if (c1 * c2 !== 0) h = Math.abs(h1 - h2) <= 180 ? h / 2 : h < 360 ? (h + 360) / 2 : (h - 360) / 2
  const t = 1 - 0.17 * cosDegrees(h - 30) + 0.24 * cosDegrees(2 * h) + 0.32 * cosDegrees(3 * h + 6) - 0.2 * cosDegrees(4 * h - 63)
  const sl = 1 + (0.015 * (l - 50) ** 2) / Math.sqrt(20 + (l - 50) ** 2)
  const sc = 1 + 0.045 * c
  const sh = 1 + 0.015 * c * t
  const rt = -2 * Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7)) * Math.sin((60 * Math.exp(-(((h - 275) / 25) ** 2)) * Math.PI) / 180)
  return Math.sqrt(((l2 - l1) / sl) ** 2 + ((c2 - c1) / sc) ** 2 + (dH / sh) ** 2 + rt * ((c2 - c1) / sc) * (dH / sh))
}

const luminance = (hex: string): number => times([[0.2126, 0.7152, 0.0722], [0, 0, 0], [0, 0, 0]], linear(hex))[0]
const contrast = (a: string, b: string): number => {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high! + 0.05) / (low! + 0.05)
}

describe.each(['light', 'dark'] as const)('%s colours', (theme) => {
  const colours = serviceColours[theme]

  it('stand out from the background', () => {
    expect(colours.length).toBe(slots)
    for (const colour of [...colours, errorColours[theme]]) expect(contrast(colour, backgrounds[theme]), colour).toBeGreaterThanOrEqual(3)
  })

  it.each(Object.keys(visions))('differ in %s vision', (vision) => {
    const seen = [...colours, errorColours[theme]].map((colour) => lab(times(visions[vision]!, linear(colour))))
    for (let i = 0; i < seen.length; i++) {
      for (let j = 0; j < i; j++) expect(ciede2000(seen[i]!, seen[j]!), `${i} ${j}`).toBeGreaterThanOrEqual(9.5)
    }
  })

  it('text tokens can be read on every background', () => {
    const css = readFileSync(new URL('../../src/theme/tokens.css', import.meta.url), 'utf8')
    const block = theme === 'light' ? css.slice(0, css.indexOf("[data-theme='dark']")) : css.slice(css.indexOf("[data-theme='dark']"))
    const token = (name: string): string => new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(block)![1]!
    for (const text of ['fg-0', 'fg-1', 'fg-2', 'accent', 'err']) {
      for (const behind of ['bg-0', 'bg-1', 'accent-soft']) expect(contrast(token(text), token(behind)), `${text} on ${behind}`).toBeGreaterThanOrEqual(4.5)
    }
    expect(token('err')).toBe(errorColours[theme])
    expect(token('bg-0')).toBe(backgrounds[theme])
    expect(contrast(token('line-strong'), token('bg-0'))).toBeGreaterThanOrEqual(3)
  })
})

describe('slots', () => {
  const names = Array.from({ length: 30 }, (_, i) => `service-${i}`)

  it('follow from the name alone, and patterns tell apart those that share one', () => {
    const { slot, pattern } = assignSlots(names)
    expect([...slot]).toEqual(names.map(slotOf))
    for (const theme of ['light', 'dark'] as const) expect(colourOf(names[5]!, theme)).toBe(serviceColours[theme][slot[5]!])
    for (let of = 0; of < slots; of++) {
      const sharing = names.map((_, i) => i).filter((i) => slot[i] === of).sort((a, b) => (names[a]! < names[b]! ? -1 : 1))
      expect(sharing.map((i) => pattern[i])).toEqual(sharing.map((_, i) => i % 4))
    }
    expect(new Set(pattern).size).toBe(4)
    const reversed = assignSlots([...names].reverse())
    expect([...reversed.pattern].reverse()).toEqual([...pattern])
  })

  it('are all used by many names', () => {
    expect(new Set(Array.from({ length: 200 }, (_, i) => slotOf(`svc${i}`))).size).toBe(slots)
  })
})
