// Colours of services. Found by search: at least 3:1 against the background and apart from each other and from the error
// red in normal, protan, deutan and tritan vision (test/unit/palettes.test.ts holds them to it).

export type Theme = 'light' | 'dark'

export const serviceColours: Record<Theme, readonly string[]> = {
  light: [
    '#12403c', '#8c93b5', '#2a8eef', '#1b0fa1', '#4b2656', '#834b6f',
    '#ab8704', '#2b7b9b', '#51725d', '#6c968a', '#958c6a', '#4a50be',
  ],
  dark: [
    '#057c79', '#7974e8', '#d394bb', '#c1e5cd', '#c1a0fb', '#59780d',
    '#83a188', '#e3c383', '#7b5b4a', '#caed0a', '#56f5fa', '#5b5c95',
  ],
}
export const errorColours: Record<Theme, string> = { light: '#c21b2f', dark: '#ff5a5f' }
export const backgrounds: Record<Theme, string> = { light: '#ffffff', dark: '#0f1318' }

export const slots = 12

/** FNV-1a. */
export function slotOf(service: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < service.length; i++) hash = Math.imul(hash ^ service.charCodeAt(i), 0x01000193)
  return ((hash ^ (hash >>> 15)) >>> 0) % slots
}

export interface Slots {
  readonly slot: Uint8Array
  /** 1 where the colour belongs to another service already, and a pattern must tell them apart. */
  readonly hatched: Uint8Array
}

/**
 * A slot for each service: its own, or the next free one, so that the twelve heaviest differ. Which of them comes first is
 * by name, so that everybody who looks at the same services sees the same colours. The thirteenth onward share.
 */
export function assignSlots(services: readonly string[], weights: ArrayLike<number>): Slots {
  const byName = (a: number, b: number): number => (services[a]! < services[b]! ? -1 : 1)
  const order = services.map((_, i) => i).sort((a, b) => weights[b]! - weights[a]! || byName(a, b))
  const slot = new Uint8Array(services.length)
  const hatched = new Uint8Array(services.length)
  const taken = new Set<number>()
  for (const service of order.slice(0, slots).sort(byName)) {
    let free = slotOf(services[service]!)
    while (taken.has(free)) free = (free + 1) % slots
    taken.add(free)
    slot[service] = free
  }
  for (const service of order.slice(slots)) {
    slot[service] = slotOf(services[service]!)
    hatched[service] = 1
  }
  return { slot, hatched }
}
