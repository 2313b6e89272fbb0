// Rows of the trace that meet what is typed into the find field: words are looked for here, conditions by the server.
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api } from '../../api/client'
import { looksLikeConditions } from '../../lang/q'
import type { Trace } from '../model/tree'

/** Rows whose service or operation contains the text, or whose span id begins with it. */
export function findText(trace: Trace, text: string): Uint32Array {
  const wanted = text.trim().replace(/^"(.*)"$/, '$1').toLowerCase()
  const has = (name: string): boolean => name.toLowerCase().includes(wanted)
  const services = Uint8Array.from(trace.header.services, (name) => Number(has(name)))
  const names = Uint8Array.from(trace.header.names, (name) => Number(has(name)))
  const id = /^[0-9a-f]{16}$/.test(wanted) ? BigInt(`0x${wanted}`) : null
  const { svc, name, id: ids } = trace.columns
  const rows: number[] = []
  for (let row = 0; row < trace.n; row++) {
    if (services[svc[row]!] === 1 || names[name[row]!] === 1 || (id !== null && ids[row] === id)) rows.push(row)
  }
  return Uint32Array.from(rows)
}

export interface Found {
  readonly kind: 'none' | 'text' | 'conditions'
  /** Null while nothing is looked for, or the answer is not there yet. */
  readonly rows: Uint32Array | null
  readonly error: unknown
}

export function useFind(trace: Trace, id: string, text: string): Found {
  const kind = text.trim() === '' ? 'none' : looksLikeConditions(text) ? 'conditions' : 'text'
  const { version } = trace.header
  const answer = useQuery({
    queryKey: ['filter', id, version, text],
    queryFn: ({ signal }) => api.filter(id, version, text, signal),
    enabled: kind === 'conditions',
    staleTime: Infinity,
  })
  const rows = useMemo(() => {
    if (kind === 'none') return null
    if (kind === 'text') return findText(trace, text)
    return answer.data ? Uint32Array.from(answer.data.filter((row) => row >= 0 && row < trace.n)) : null
  }, [kind, trace, text, answer.data])
  return { kind, rows, error: kind === 'conditions' ? answer.error : null }
}

/** The row in ascending `rows` after (step 1) or before (step -1) `from`, going round at the ends; -1 when there is none. */
export function stepTo(rows: ArrayLike<number>, from: number, step: 1 | -1): number {
  if (rows.length === 0) return -1
  if (step === 1) {
    for (let i = 0; i < rows.length; i++) if (rows[i]! > from) return rows[i]!
    return rows[0]!
  }
  for (let i = rows.length - 1; i >= 0; i--) if (rows[i]! < from) return rows[i]!
  return rows[rows.length - 1]!
}
