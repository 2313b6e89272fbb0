// The server's shapes, from proto/filo/query.openapi.yaml.
import type { components } from './schema'

type Schemas = components['schemas']
export type Boot = Schemas['Boot']
export type Problem = Schemas['Problem']
export type SearchRequest = Schemas['SearchRequest']
export type TraceLine = Schemas['TraceLine']
export type SearchLine = TraceLine | Schemas['ProgressLine'] | Schemas['DoneLine'] | Schemas['ErrorLine']
export type Meta = Schemas['Meta']
export type NameCount = Schemas['NameCount']
export type OperationCount = Schemas['OperationCount']
export type KeyCount = Schemas['KeyCount']
export type Kind = Schemas['Kind']
export type Attribute = Schemas['Attribute']
export type SpanDetail = Schemas['SpanDetail']
export type SpanEvent = Schemas['Event']
export type SpanLink = Schemas['Link']
export type TraceHeader = Omit<
  Schemas['TraceColumns'],
  'id' | 'parent' | 'start' | 'dur' | 'svc' | 'name' | 'kind' | 'flags'
>

export const kinds: readonly Kind[] = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']
