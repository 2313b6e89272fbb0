// The filter language of the query API, as far as the generated traces need it.
import { detailOf } from './mock-data.mjs'

export class QueryError extends Error {
  constructor(message, position) {
    super(message)
    this.position = position
  }
}

const units = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 }

function durationOf(text, position) {
  const match = /^(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)$/.exec(text)
  if (!match) throw new QueryError(`"${text}" is not a duration such as 250ms.`, position)
  return Number(match[1]) * units[match[2]]
}

const builtIn = {
  service: (_, span) => span.service,
  operation: (_, span) => span.operation,
  kind: (_, span) => span.kind,
  status: (_, span) => (span.error ? 'error' : 'unset'),
}

function valueOf(trace, span, key) {
  if (builtIn[key]) return builtIn[key](trace, span)
  const detail = detailOf(trace, span.row)
  const bare = key.replace(/^(span|resource)\./, '')
  return [...detail.attributes, ...detail.resource.attributes].find((a) => a.key === bare || a.key === key)?.value
}

const compare = {
  '=': (a, b) => String(a) === b,
  ':': (a, b) => String(a) === b,
  '!=': (a, b) => String(a) !== b,
  '>': (a, b) => Number(a) > Number(b),
  '>=': (a, b) => Number(a) >= Number(b),
  '<': (a, b) => Number(a) < Number(b),
  '<=': (a, b) => Number(a) <= Number(b),
  '=~': (a, b) => new RegExp(`^(?:${b})$`).test(String(a)),
  '!~': (a, b) => !new RegExp(`^(?:${b})$`).test(String(a)),
}

export function compile(q) {
  const conditions = []
  const pattern = /\s*(?:(!?)has\(([^)]*)\)|([^\s=!<>~:"()]+)(=~|!~|!=|>=|<=|=|>|<|:)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+)))\s*/y
  while (pattern.lastIndex < q.length) {
    const at = pattern.lastIndex
    const match = pattern.exec(q)
    if (!match) throw new QueryError('A condition is key, operator and value, such as status=error.', at)
    const [, not, has, key, op, quoted, bare] = match
    if (has !== undefined) {
      conditions.push((trace, span) => (valueOf(trace, span, has) !== undefined) === (not === ''))
      continue
    }
    const value = quoted !== undefined ? quoted.replace(/\\(.)/g, '$1') : bare
    if (key === 'duration') {
      const wanted = durationOf(value, at)
      conditions.push((_, span) => compare[op](span.dur, String(wanted)))
    } else {
      conditions.push((trace, span) => {
        const found = valueOf(trace, span, key)
        return found !== undefined && compare[op](found, value)
      })
    }
  }
  return (trace, span) => conditions.every((condition) => condition(trace, span))
}
