// Finds the trace id in what somebody pasted: an id, a traceparent header, or the address of a trace in any tracing UI.

export function traceIdIn(text: string): string | null {
  const trimmed = text.trim().toLowerCase()
  const parent = /\b[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}\b/.exec(trimmed)
  if (parent) return parent[1]!
  const url = /\/traces?\/([0-9a-f]{1,32})(?![0-9a-z])/.exec(trimmed)
  if (url) return url[1]!
  const parameter = /[?&](?:traceid|trace_id|trace)=([0-9a-f]{1,32})(?![0-9a-z])/.exec(trimmed)
  if (parameter) return parameter[1]!
  const bare = /^(?:0x)?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{1,32})$/.exec(trimmed)
  return bare ? bare[1]!.replaceAll('-', '') : null
}
