// Attributes as text and in groups.
import type { Attribute } from '../../api/types'

type Value = Pick<Attribute, 'type' | 'value'>

/** JSON of nested values, strings as they are. Values come nested from the server, so depth is bounded there. */
export function attributeText(attribute: Value): string {
  const { type, value } = attribute
  if (value === null || value === undefined) return ''
  if (type !== 'array' && type !== 'map') return String(value)
  return JSON.stringify(value, (_, inner: unknown) => plain(inner), 2)
}

/** Takes the type tags off: [{type, value}] becomes [value], [{key, type, value}] becomes {key: value}. */
function plain(inner: unknown): unknown {
  if (Array.isArray(inner) && inner.length > 0 && inner.every((item) => typeof item === 'object' && item !== null && 'key' in item)) {
    return Object.fromEntries((inner as Attribute[]).map((item) => [item.key, item.value]))
  }
  if (typeof inner === 'object' && inner !== null && 'type' in inner && 'value' in inner) return plain((inner as Value).value)
  return inner
}

export interface AttributeGroup {
  readonly name: string
  readonly attributes: readonly Attribute[]
}

const few = 6

/** By the first part of the key (`http`, `db`), when there are enough of them for that to help. */
export function groupAttributes(attributes: readonly Attribute[], filter: string): AttributeGroup[] {
  const wanted = filter.trim().toLowerCase()
  const shown = attributes.filter((attribute) => (
    wanted === '' || attribute.key.toLowerCase().includes(wanted) || attributeText(attribute).toLowerCase().includes(wanted)))
  const sorted = shown.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  if (sorted.length <= few) return sorted.length > 0 ? [{ name: '', attributes: sorted }] : []
  const groups = new Map<string, Attribute[]>()
  for (const attribute of sorted) {
    const dot = attribute.key.indexOf('.')
    const name = dot > 0 ? attribute.key.slice(0, dot) : ''
    groups.set(name, [...(groups.get(name) ?? []), attribute])
  }
  return [...groups].map(([name, of]) => ({ name, attributes: of }))
}
