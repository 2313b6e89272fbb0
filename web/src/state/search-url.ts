// The search form as the query part of an address, and back. What is not there has its default, so short forms stay short.
import { compose } from '../lang/q'
import type { SearchRequest } from '../api/types'

export interface SearchForm {
  readonly service: string
  readonly operation: string
  readonly kind: string
  readonly status: string
  readonly min: string
  readonly max: string
  /** Attribute conditions, in the filter language. */
  readonly q: string
  /** How far back from now, in seconds; 0 is the server's default. Unused when `from` is set. */
  readonly last: number
  /** Absolute range in unix ns; empty for a range that ends now. */
  readonly from: string
  readonly to: string
  readonly limit: number
}

export const defaultForm: SearchForm = {
  service: '', operation: '', kind: '', status: '', min: '', max: '', q: '', last: 0, from: '', to: '', limit: 100,
}

const texts = ['service', 'operation', 'kind', 'status', 'min', 'max', 'q'] as const
const times = ['from', 'to'] as const
const numbers = ['last', 'limit'] as const

export function formToUrl(form: SearchForm): string {
  const params = new URLSearchParams()
  for (const key of [...texts, ...times, ...numbers]) {
    if (form[key] !== defaultForm[key]) params.set(key, String(form[key]))
  }
  return params.toString()
}

export function formFromUrl(search: string): SearchForm {
  const params = new URLSearchParams(search)
  const form: Record<keyof SearchForm, string | number> = { ...defaultForm }
  for (const key of texts) form[key] = params.get(key) ?? defaultForm[key]
  for (const key of times) {
    const value = params.get(key) ?? ''
    if (/^\d{1,19}$/.test(value)) form[key] = value
  }
  for (const key of numbers) {
    const value = params.get(key) ?? ''
    if (/^\d{1,9}$/.test(value)) form[key] = Number(value)
  }
  return form as unknown as SearchForm
}

/** What to ask the server when the form is submitted at `nowMs`. */
export function requestOf(form: SearchForm, defaultLookback: number, limitMax: number, nowMs: number): SearchRequest {
  const request: SearchRequest = { q: compose(form), limit: Math.min(Math.max(1, form.limit), limitMax) }
  if (form.from !== '') {
    request.from = form.from
    if (form.to !== '') request.to = form.to
  } else {
    const seconds = form.last || defaultLookback
    request.from = String((BigInt(Math.floor(nowMs)) - BigInt(seconds) * 1000n) * 1_000_000n)
  }
  return request
}
