import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { firstSpanCommand } from '../../src/search/first-span'

it('is a command that sends one valid span', () => {
  const lastArgument = "curl() { for argument; do :; done; printf '%s' \"$argument\"; }"
  const sent = execFileSync('sh', ['-c', `${lastArgument}\n${firstSpanCommand('localhost:4318')}`], { encoding: 'utf8' })
  const span = JSON.parse(sent).resourceSpans[0].scopeSpans[0].spans[0]
  expect(span.traceId).toMatch(/^[0-9a-f]{32}$/)
  expect(span.spanId).toMatch(/^[0-9a-f]{16}$/)
  expect(BigInt(span.endTimeUnixNano)).toBeGreaterThan(BigInt(span.startTimeUnixNano))
})
