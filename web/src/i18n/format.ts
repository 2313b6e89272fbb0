// Numbers, durations and times as text. Absolute times are bigint ns; durations are ns.

export type Zone = 'local' | 'utc'
export type Lang = 'en' | 'zh'

const units = [
  { ns: 86_400e9, name: 'd' }, { ns: 3_600e9, name: 'h' }, { ns: 60e9, name: 'm' },
  { ns: 1e9, name: 's' }, { ns: 1e6, name: 'ms' }, { ns: 1e3, name: 'µs' },
] as const

/** Three significant digits: `1.24 s`, `318 µs`, `2 m 05 s`. */
export function formatDuration(ns: number): string {
  if (ns < 0) return `−${formatDuration(-ns)}`
  if (ns < 1e3) return `${Math.round(ns)} ns`
  for (let i = 0; i < units.length; i++) {
    const unit = units[i]!
    // Rounding may lift a value into the unit above: 999.96 ms is 1 s.
    if (ns < unit.ns * (i >= 3 ? 0.9995 : 1)) continue
    const value = ns / unit.ns
    if (i >= 3) {
      const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
      return `${trimZeros(value.toFixed(digits))} ${unit.name}`
    }
    const lower = units[i + 1]!
    const whole = Math.floor(value)
    const rest = Math.floor((ns - whole * unit.ns) / lower.ns)
    return `${whole} ${unit.name} ${String(rest).padStart(2, '0')} ${lower.name}`
  }
  return `${trimZeros((ns / 1e3).toFixed(2))} µs`
}

const trimZeros = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)

const pad = (value: number, width = 2): string => String(value).padStart(width, '0')

interface Parts { y: number; mo: number; d: number; h: number; mi: number; s: number }

function partsOf(ms: number, zone: Zone): Parts {
  const t = new Date(ms)
  return zone === 'utc'
    ? { y: t.getUTCFullYear(), mo: t.getUTCMonth() + 1, d: t.getUTCDate(), h: t.getUTCHours(), mi: t.getUTCMinutes(), s: t.getUTCSeconds() }
    : { y: t.getFullYear(), mo: t.getMonth() + 1, d: t.getDate(), h: t.getHours(), mi: t.getMinutes(), s: t.getSeconds() }
}

/** `14:02:11.402` */
export function formatClock(ns: bigint, zone: Zone): string {
  const ms = Number(ns / 1_000_000n)
  const p = partsOf(ms, zone)
  return `${pad(p.h)}:${pad(p.mi)}:${pad(p.s)}.${pad(ms % 1000, 3)}`
}

/** `2026-03-01` */
export function formatDate(ns: bigint, zone: Zone): string {
  const p = partsOf(Number(ns / 1_000_000n), zone)
  return `${p.y}-${pad(p.mo)}-${pad(p.d)}`
}

/** `2026-03-01 14:02:11.402318007 UTC+08:00` */
export function formatFull(ns: bigint, zone: Zone): string {
  const p = partsOf(Number(ns / 1_000_000n), zone)
  return `${formatDate(ns, zone)} ${pad(p.h)}:${pad(p.mi)}:${pad(p.s)}.${pad(Number(ns % 1_000_000_000n), 9)} ${zoneLabel(ns, zone)}`
}

/** `UTC+08:00`, as it holds at that moment. */
export function zoneLabel(ns: bigint, zone: Zone): string {
  if (zone === 'utc') return 'UTC'
  const minutes = -new Date(Number(ns / 1_000_000n)).getTimezoneOffset()
  const size = Math.abs(minutes)
  return `UTC${minutes < 0 ? '−' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`
}

/** For `<input type="datetime-local">`. */
export function toLocalInput(ns: bigint, zone: Zone): string {
  const p = partsOf(Number(ns / 1_000_000n), zone)
  return `${p.y}-${pad(p.mo)}-${pad(p.d)}T${pad(p.h)}:${pad(p.mi)}:${pad(p.s)}`
}

export function fromLocalInput(text: string, zone: Zone): bigint | null {
  const ms = Date.parse(zone === 'utc' ? `${text}Z` : text)
  return Number.isNaN(ms) ? null : BigInt(ms) * 1_000_000n
}

/** Both languages write 1,234,567. The browser's own formatter takes tens of milliseconds to load, which opening a page cannot spare. */
export const formatCount = (value: number): string => String(value).replace(/\B(?=(?:\d{3})+$)/g, ',')

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  let value = bytes
  let unit = -1
  do {
    value /= 1024
    unit++
  } while (value >= 1024 && unit < 3)
  return `${trimZeros(value.toFixed(value >= 100 ? 0 : 1))} ${['KiB', 'MiB', 'GiB', 'TiB'][unit]}`
}

export function formatPercent(share: number): string {
  const percent = share * 100
  if (percent > 0 && percent < 0.1) return '<0.1 %'
  return `${trimZeros(percent.toFixed(percent < 10 ? 1 : 0))} %`
}

export type Values = Record<string, string | number>

/** Replaces {name}; of "one|other" takes the form for {n}, which defaults to {count}. */
export function fill(text: string, values: Values, lang: Lang): string {
  const forms = text.split('|')
  const n = values.n ?? values.count
  const form = lang === 'en' && Number(n) === 1 ? forms[0]! : forms.at(-1)!
  return form.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? ''
    return typeof value === 'number' ? formatCount(value) : value
  })
}
