// Splits a streamed response into lines, a network chunk at a time.

export class LineSplitter {
  private rest = ''

  /** The lines that `text` completes. */
  push(text: string): string[] {
    const lines = (this.rest + text).split('\n')
    this.rest = lines.pop() ?? ''
    return lines.filter((line) => line !== '')
  }

  /** What came after the last line end. */
  finish(): string[] {
    const { rest } = this
    this.rest = ''
    return rest === '' ? [] : [rest]
  }
}

export async function readLines(response: Response, onLines: (lines: string[]) => void): Promise<void> {
  const reader = response.body?.getReader()
  if (!reader) return
  const decoder = new TextDecoder()
  const splitter = new LineSplitter()
  for (;;) {
    const { done, value } = await reader.read()
    const lines = splitter.push(done ? decoder.decode() : decoder.decode(value, { stream: true }))
    if (done) lines.push(...splitter.finish())
    if (lines.length > 0) onLines(lines)
    if (done) return
  }
}
