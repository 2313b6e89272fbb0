import { describe, expect, it } from 'vitest'
import { compose, condition, isDuration, looksLikeConditions, quote, typingAt } from '../../src/lang/q'
import { traceIdIn } from '../../src/lang/trace-id'
import { defaultForm } from '../../src/state/search-url'

/** Reads a quoted or bare value as the contract says. */
const unquote = (text: string): string => (text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/gs, '$1') : text)

describe('filter language', () => {
  it('quotes what would end a value', () => {
    for (const value of ['', 'a b', 'x"y', 'back\\slash', 'a=b', 'a:b', '>1', '(x)', '!has', '多 字']) {
      expect(quote(value)).toMatch(/^".*"$/)
      expect(unquote(quote(value))).toBe(value)
    }
    for (const value of ['cart', '/v1/items', '1.5s', 'GET', '中文', 'a-b_c']) expect(quote(value)).toBe(value)
    expect(condition('operation', '=', 'GET /x')).toBe('operation="GET /x"')
  })

  it('composes the form into one filter', () => {
    expect(compose(defaultForm)).toBe('')
    expect(compose({
      ...defaultForm, service: 'cart', operation: 'GET /', kind: 'server', status: 'error', min: '10ms', max: '2s', q: ' has(db.system) ',
    })).toBe('service=cart operation="GET /" kind=server status=error duration>=10ms duration<=2s has(db.system)')
  })

  it('tells conditions from words', () => {
    for (const q of ['status=error', 'duration > 5ms', 'has(x)', '!has(x.y)', 'http.route=~"/v1.*"', 'service:cart']) {
      expect(looksLikeConditions(q), q).toBe(true)
    }
    for (const words of ['GET /cart', 'cart', 'http://x', '"a=b"', '']) expect(looksLikeConditions(words), words).toBe(false)
  })

  it('knows durations', () => {
    for (const good of ['1ns', '250ms', '1.5s', '800us', '3 m', '1h']) expect(isDuration(good), good).toBe(true)
    for (const bad of ['', '1', 'ms', '1x', '-1s', '1.s']) expect(isDuration(bad), bad).toBe(false)
  })

  it('knows what is being typed', () => {
    expect(typingAt('http.', 5)).toEqual({ kind: 'key', text: 'http.', from: 0 })
    expect(typingAt('a=1 db', 6)).toEqual({ kind: 'key', text: 'db', from: 4 })
    expect(typingAt('!has(db', 7)).toEqual({ kind: 'key', text: 'db', from: 5 })
    expect(typingAt('a=1 db>=2', 9)).toEqual({ kind: 'value', key: 'db', text: '2', from: 8 })
    expect(typingAt('a="x y', 6)).toEqual({ kind: 'value', key: 'a', text: 'x y', from: 2 })
    expect(typingAt('a="x y" b', 9)).toEqual({ kind: 'key', text: 'b', from: 8 })
  })
})

describe('pasted trace ids', () => {
  const id = '4bf92f3577b34da6a3ce929d0e0e4736'
  it.each([
    [id, id], [` ${id.toUpperCase()}\n`, id], ['0xabc123', 'abc123'], [`00-${id}-00f067aa0ba902b7-01`, id],
    [`traceparent: 00-${id}-00f067aa0ba902b7-00`, id], [`https://host/x/trace/${id}?span=1`, id], [`http://z/zipkin/traces/${id}`, id],
    [`http://h/api?traceID=${id}`, id], ['4bf92f35-77b3-4da6-a3ce-929d0e0e4736', id],
    ['hello', null], ['', null], [`${id}0`, null], ['http://host/trace/xyz', null],
  ])('%s', (pasted, found) => expect(traceIdIn(pasted)).toBe(found))
})
