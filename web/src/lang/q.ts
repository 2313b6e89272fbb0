// The filter language of the query API (`q`): writing conditions, quoting values, and finding what the cursor is on.

export type Op = '=' | '!=' | '>' | '>=' | '<' | '<=' | '=~' | '!~'

/** A value as it is written in a condition: quoted where spaces, operators or quotes would end it. */
export function quote(value: string): string {
  if (/^[\p{L}\p{N}_./+@*?%&#^$,;-]+$/u.test(value)) return value
  return `"${value.replace(/["\\]/g, '\\$&')}"`
}

export const condition = (key: string, op: Op, value: string): string => `${key}${op}${quote(value)}`

export interface FormConditions {
  readonly service: string
  readonly operation: string
  readonly kind: string
  readonly status: string
  readonly min: string
  readonly max: string
  readonly q: string
}

/** The one filter that the fields of the search form mean together. */
export function compose(form: FormConditions): string {
  const parts: string[] = []
  if (form.service) parts.push(condition('service', '=', form.service))
  if (form.operation) parts.push(condition('operation', '=', form.operation))
  if (form.kind) parts.push(condition('kind', '=', form.kind))
  if (form.status) parts.push(condition('status', '=', form.status))
  if (form.min) parts.push(condition('duration', '>=', form.min))
  if (form.max) parts.push(condition('duration', '<=', form.max))
  if (form.q.trim()) parts.push(form.q.trim())
  return parts.join(' ')
}

const startsWithCondition = /^\s*(!?has\(|[\p{L}_][\p{L}\p{N}_./-]*\s*(=~|!~|!=|>=|<=|=|>|<|:(?!\/\/)))/u

/** Whether text is meant as conditions rather than as words to look for. */
export const looksLikeConditions = (text: string): boolean => startsWithCondition.test(text)

export const isDuration = (text: string): boolean => /^\d+(\.\d+)?\s*(ns|us|µs|ms|s|m|h)$/.test(text.trim())

/** What is being typed at `cursor`: a key, or the value of a key; `from` is where its text begins. */
export type Typing =
  | { readonly kind: 'key'; readonly text: string; readonly from: number }
  | { readonly kind: 'value'; readonly key: string; readonly text: string; readonly from: number }

export function typingAt(input: string, cursor: number): Typing {
  let start = 0
  let quoted = false
  for (let i = 0; i < cursor; i++) {
    const char = input[i]
    if (char === '\\' && quoted) i++
    else if (char === '"') quoted = !quoted
    else if (char === ' ' && !quoted) start = i + 1
  }
  const token = input.slice(start, cursor)
  const has = /^!?has\(/.exec(token)
  if (has) return { kind: 'key', text: token.slice(has[0].length), from: start + has[0].length }
  const operator = /^([^=!<>~:"\s]+)(=~|!~|!=|>=|<=|=|>|<|:)/.exec(token)
  if (!operator) return { kind: 'key', text: token, from: start }
  const from = start + operator[0].length
  return { kind: 'value', key: operator[1]!, text: input.slice(from, cursor).replace(/^"/, ''), from }
}
