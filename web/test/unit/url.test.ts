import { describe, expect, it } from 'vitest'
import { defaultForm, formFromUrl, formToUrl, requestOf } from '../../src/state/search-url'
import type { SearchForm } from '../../src/state/search-url'
import { defaultTraceUrl, packRows, traceFromUrl, traceToUrl, unpackRows } from '../../src/state/trace-url'
import { randomFrom } from '../mock-data.mjs'

const random = randomFrom(11)
const alphabet = ['a', 'Z', '9', ' ', '"', '\\', '&', '=', '+', '%', '/', '中', '🙂', '<', '#', '?']
const text = (): string => Array.from({ length: Math.floor(random() * 9) }, () => alphabet[Math.floor(random() * alphabet.length)]).join('')

describe('address of a search', () => {
  it('gives back every form', () => {
    for (let i = 0; i < 500; i++) {
      const form: SearchForm = {
        service: text(), operation: text(), kind: text(), status: text(), min: text(), max: text(), q: text(),
        last: Math.floor(random() * 1e6), limit: 1 + Math.floor(random() * 1500),
        from: random() < 0.5 ? '' : String(Math.floor(random() * 1e15)), to: random() < 0.5 ? '' : String(Math.floor(random() * 1e15)),
      }
      expect(formFromUrl(formToUrl(form))).toEqual(form)
    }
  })

  it('is empty for the form as it starts', () => {
    expect(formToUrl(defaultForm)).toBe('')
    expect(formFromUrl('')).toEqual(defaultForm)
  })

  it('has the default for what is not a number', () => {
    expect(formFromUrl('limit=-3&last=x&from=1e9&to=%20')).toEqual(defaultForm)
  })

  it('asks from the lookback, or for the absolute range', () => {
    expect(requestOf({ ...defaultForm, service: 'a b' }, 3600, 1500, 7_200_000)).toEqual({
      q: 'service="a b"', limit: 100, from: '3600000000000',
    })
    expect(requestOf({ ...defaultForm, from: '5', to: '9', limit: 9999 }, 3600, 1500, 0)).toEqual({ q: '', limit: 1500, from: '5', to: '9' })
  })
})

describe('address of a trace', () => {
  it('gives back every state', () => {
    for (let i = 0; i < 500; i++) {
      const from = Math.floor(random() * 1e12)
      const toggled = [...new Set(Array.from({ length: Math.floor(random() * 30) }, () => Math.floor(random() ** 4 * 1e6)))].sort((a, b) => a - b)
      const state = {
        span: random() < 0.5 ? '' : '00000000deadbeef', zoom: random() < 0.5 ? null : [from, from + 1 + Math.floor(random() * 1e12)] as const,
        level: random() < 0.5 ? null : Math.floor(random() * 20), toggled, version: toggled.length > 0 ? `v.${i}` : '',
        filter: text(), mode: random() < 0.5 ? 'dim' as const : 'hide' as const,
      }
      expect(traceFromUrl(traceToUrl(state))).toEqual(state)
    }
  })

  it('ignores what it cannot read', () => {
    expect(traceFromUrl('span=xyz&z=9,3&level=-1&c=!!!&mode=other')).toEqual(defaultTraceUrl)
  })

  it('packs rows', () => {
    const rows = [0, 1, 127, 128, 16_384, 2_000_000_000]
    expect(unpackRows(packRows(rows))).toEqual(rows)
    expect(unpackRows('_____________w')).toEqual([])
  })
})
