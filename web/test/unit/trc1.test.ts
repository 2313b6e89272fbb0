import { describe, expect, it } from 'vitest'
import { Trc1Error, decodeTrc1 } from '../../src/api/trc1'
import { columnsOf, encodeTrc1 } from '../mock-server.mjs'
import { makeTraces } from '../mock-data.mjs'

const trace = makeTraces({ count: 4, bigSpans: 50, nowMs: 1_760_000_000_000 })[1]!
const encoded = (): ArrayBuffer => {
  const bytes = encodeTrc1(columnsOf(trace))
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
}

function chain(parents: number[]): ArrayBuffer {
  const n = parents.length
  const header = { trace_id: '1', version: 'v', start_ns: '0', duration_ns: '9', n, services: ['s'], names: ['o'], complete: true, warnings: [] }
  const bytes = encodeTrc1({
    header,
    columns: [
      ['id', 'u64', new BigUint64Array(n)], ['parent', 'i32', Int32Array.from(parents)], ['start', 'f64', new Float64Array(n)],
      ['dur', 'f64', new Float64Array(n)], ['svc', 'u32', new Uint32Array(n)], ['name', 'u32', new Uint32Array(n)],
      ['kind', 'u8', new Uint8Array(n)], ['flags', 'u8', new Uint8Array(n)],
    ],
  })
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
}

describe('TRC1', () => {
  it('gives back what was encoded', () => {
    const { header, columns } = decodeTrc1(encoded())
    expect(header.trace_id).toBe(trace.id)
    expect(header.n).toBe(trace.spans.length)
    for (const span of trace.spans) {
      expect(columns.id[span.row]).toBe(BigInt(`0x${span.id}`))
      expect(columns.parent[span.row]).toBe(span.parent)
      expect(columns.start[span.row]).toBe(span.start)
      expect(columns.dur[span.row]).toBe(span.dur)
      expect(header.services[columns.svc[span.row]!]).toBe(span.service)
      expect(header.names[columns.name[span.row]!]).toBe(span.operation)
    }
  })

  it('refuses every shortening', () => {
    const whole = encoded()
    for (let length = 0; length < whole.byteLength - 8; length += 7) {
      expect(() => decodeTrc1(whole.slice(0, length))).toThrow(Trc1Error)
    }
  })

  it('never hands out columns with indexes that point nowhere, whatever byte is changed', () => {
    const whole = encoded()
    for (let at = 0; at < whole.byteLength; at += 3) {
      const damaged = whole.slice(0)
      new Uint8Array(damaged)[at]! ^= 0x5a
      let decoded
      try {
        decoded = decodeTrc1(damaged)
      } catch (error) {
        expect(error).toBeInstanceOf(Trc1Error)
        continue
      }
      const { header, columns } = decoded
      columns.parent.forEach((parent, row) => expect(parent < row && parent >= -1).toBe(true))
      columns.svc.forEach((service) => expect(service).toBeLessThan(header.services.length))
      columns.name.forEach((name) => expect(name).toBeLessThan(header.names.length))
    }
  })

  it('refuses rows that are not in pre-order', () => {
    expect(decodeTrc1(chain([-1, 0, 1, 0, 3, -1])).header.n).toBe(6)
    expect(() => decodeTrc1(chain([-1, 0, 0, 1]))).toThrow(/row 3 is not in pre-order/)
    expect(() => decodeTrc1(chain([-1, 1]))).toThrow(Trc1Error)
    expect(() => decodeTrc1(chain([-2]))).toThrow(Trc1Error)
    expect(() => decodeTrc1(chain([1, -1]))).toThrow(Trc1Error)
  })

  it('ignores columns it does not know', () => {
    const { header, columns } = columnsOf(trace)
    const bytes = encodeTrc1({ header, columns: [['later', 'u8', new Uint8Array(3)], ...columns] })
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
    expect(decodeTrc1(buffer).header.n).toBe(trace.spans.length)
  })
})
