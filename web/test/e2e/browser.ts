// A browser, the server under test (FILO_URL, or the mock over the built pages), and pages that fail a test when they
// write errors to the console or talk to anybody else.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import type { Browser as ChromiumBrowser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { startMock } from '../mock-server.mjs'

const args = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--font-render-hinting=none', '--disable-dev-shm-usage',
]

export const dist = process.env.FILO_WEB_DIST ?? new URL('../../dist', import.meta.url).pathname
/** Whether the generated traces are there: the tests that count them need it. */
export const mocked = process.env.FILO_URL === undefined

export interface Browser {
  readonly base: string
  open: (options?: BrowserContextOptions) => Promise<Page>
  /** What pages did wrong since the last call. */
  complaints: () => string[]
}

export function useBrowser(mock: Parameters<typeof startMock>[0] = {}): Browser {
  const state = { base: '', wrong: [] as string[], close: [] as (() => unknown)[] }
  let chrome: ChromiumBrowser | undefined
  const contexts: BrowserContext[] = []

  beforeAll(async () => {
    if (!existsSync(join(dist, 'index.html'))) throw new Error(`${dist} has no index.html: run scripts/build.sh first`)
    if (process.env.FILO_URL !== undefined) {
      state.base = process.env.FILO_URL.replace(/\/?$/, '/')
    } else {
      const server = await startMock({ dist, ...mock })
      state.base = server.url
      state.close.push(server.close)
    }
    chrome = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args })
  })
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close()
  })
  afterAll(async () => {
    await chrome?.close()
    for (const close of state.close) await close()
  })

  return {
    get base() {
      return state.base
    },
    complaints: () => state.wrong.splice(0),
    async open(options = {}) {
      if (!chrome) throw new Error('the browser did not start')
      const context = await chrome.newContext({
        viewport: { width: 1440, height: 900 }, colorScheme: 'light', locale: 'en-US', timezoneId: 'UTC', ...options,
      })
      contexts.push(context)
      const page = await context.newPage()
      page.setDefaultTimeout(15_000)
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') state.wrong.push(`console: ${message.text()}`)
      })
      page.on('pageerror', (error) => state.wrong.push(`page: ${error.message}`))
      page.on('request', (request) => {
        const { origin, protocol } = new URL(request.url())
        if (protocol.startsWith('http') && origin !== new URL(state.base).origin) state.wrong.push(`request to ${origin}`)
      })
      return page
    },
  }
}

export const expectQuiet = (browser: Browser): void => expect(browser.complaints()).toEqual([])

export const results = async (page: Page): Promise<number> => {
  await page.locator('.results-footer strong').waitFor()
  return Number((await page.locator('.results-footer strong').innerText()).replace(/\D/g, ''))
}

/** Waits until the address has what is expected of it. */
export const addressHas = (page: Page, pattern: RegExp): Promise<void> => page.waitForURL(pattern)

export interface Task {
  /** Milliseconds from begin to end, and those of the processor: whoever else uses the machine only adds to the first. */
  readonly wall: number
  readonly cpu: number
}

/** The tasks of the page's main thread while something is done, longest first. */
export async function tasksDuring(page: Page, action: () => Promise<unknown>): Promise<Task[]> {
  interface TraceEvent { name: string; pid: number; tid: number; dur: number; tdur: number; args: { name?: string } }
  const chrome = page.context().browser()!
  await chrome.startTracing(page, { categories: ['__metadata', 'disabled-by-default-devtools.timeline'] })
  await action()
  const { traceEvents: events } = JSON.parse(String(await chrome.stopTracing())) as { traceEvents: TraceEvent[] }
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`
  const main = new Set(events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(threadOf))
  return events.filter((event) => event.name === 'RunTask' && main.has(threadOf(event)))
    .map(({ dur, tdur }) => ({ wall: dur / 1000, cpu: tdur / 1000 })).sort((a, b) => b.cpu - a.cpu)
}
