/** A shell command that sends one span by OTLP/HTTP with nothing but curl and coreutils. */
export function firstSpanCommand(address: string): string {
  const span = '{"traceId":"\'$(od -An -tx1 -N16 /dev/urandom | tr -d " \\n")\'","spanId":"\'$(od -An -tx1 -N8 /dev/urandom | tr -d " \\n")\'",'
    + '"name":"hello","kind":1,"startTimeUnixNano":"\'$(date +%s%N)\'","endTimeUnixNano":"\'$(date -d "+1 second" +%s%N)\'"}'
  return `curl -sS http://${address}/v1/traces -H 'Content-Type: application/json' -d '{"resourceSpans":[{"resource":{"attributes":[`
    + `{"key":"service.name","value":{"stringValue":"my-first-service"}}]},"scopeSpans":[{"spans":[${span}]}]}]}'`
}
