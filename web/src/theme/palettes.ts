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

/** The colour of a service follows from its name alone, so that it is the same on every page and for everybody. */
export const colourOf = (service: string, theme: Theme): string => serviceColours[theme][slotOf(service)]!

export interface Slots {
  readonly slot: Uint8Array
  /** How services with the same slot are told apart: 0 is plain, 1 has lines one way, 2 the other way, 3 both. */
  readonly pattern: Uint8Array
}

const patterns = 4

/** The slots of the services of one trace. Those that share one take their patterns by name. */
export function assignSlots(services: readonly string[]): Slots {
  const slot = Uint8Array.from(services, slotOf)
  const pattern = new Uint8Array(services.length)
  const seen = new Uint32Array(slots)
  const order = services.map((_, i) => i).sort((a, b) => (services[a]! < services[b]! ? -1 : 1))
  for (const service of order) pattern[service] = seen[slot[service]!]!++ % patterns
  return { slot, pattern }
}
