// What holds for every page: accessibility, size, nothing but our own origin.
import { createRequire } from 'node:module'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { incompleteTraceId } from '../mock-data.mjs'
import { dist, expectQuiet, mocked, results, useBrowser } from './browser'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
    const runner = (window as unknown as { axe: { run: (options: unknown) => Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> } }).axe
    const found = await runner.run({ runOnly: { type: 'tag', values: tags } })
    return found.violations.flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.html.slice(0, 200)} ${node.failureSummary}`))
  })
}

describe('quality', () => {
  const browser = useBrowser()

  it.each(['light', 'dark'] as const)('the search page is accessible (%s)', async (colorScheme) => {
    const page = await browser.open({ colorScheme, bypassCSP: true })
    await page.goto(browser.base)
    await results(page).catch(() => undefined)
    expect(await page.locator('html').getAttribute('data-theme')).toBe(colorScheme)
    expect(await violations(page)).toEqual([])
    await page.getByLabel('Service').click()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Help' }).click()
    expect(await violations(page)).toEqual([])
    expectQuiet(browser)
  })

  it.runIf(mocked).each(['light', 'dark'] as const)('the trace page is accessible (%s)', async (colorScheme) => {
    const page = await browser.open({ colorScheme, bypassCSP: true })
    await page.goto(`${browser.base}trace/${incompleteTraceId}?f=payment`)
    await page.getByRole('treegrid').waitFor()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('e')
    await page.keyboard.press('Enter')
    await page.locator('.attributes').first().waitFor()
    expect(await violations(page)).toEqual([])
    expectQuiet(browser)
  })

  it('can be used on a narrow screen', async () => {
    const page = await browser.open({ viewport: { width: 390, height: 800 } })
    await page.goto(browser.base)
    await page.getByLabel('Service').waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    expectQuiet(browser)
  })

  it('remembers the chosen theme', async () => {
    const page = await browser.open()
    await page.goto(browser.base)
    await page.getByRole('button', { name: 'Theme: Auto' }).click()
    await page.getByRole('button', { name: 'Theme: Light' }).click()
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
    await page.reload()
    await page.getByRole('button', { name: 'Theme: Dark' }).waitFor()
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
    expectQuiet(browser)
  })

  it('stays small', () => {
    const index = readFileSync(join(dist, 'index.html'), 'utf8')
    const initial = [...index.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map((match) => match[1]!)
    const size = (name: string): number => gzipSync(readFileSync(join(dist, name)), { level: 9 }).length
    const first = initial.reduce((sum, name) => sum + size(name), 0)
    const trace = readdirSync(join(dist, 'assets')).filter((name) => /^trace-page.*\.(js|css)$/.test(name)).reduce((sum, name) => sum + size(`assets/${name}`), 0)
    console.log(`gzip: search ${(first / 1024).toFixed(1)} KiB, trace page + ${(trace / 1024).toFixed(1)} KiB`)
    expect(initial.length).toBeGreaterThanOrEqual(2)
    expect(first).toBeLessThanOrEqual(150 * 1024)
    expect(trace).toBeGreaterThan(1024)
    expect(trace).toBeLessThanOrEqual(60 * 1024)
  })

  it('has no inline script and no address of anybody else', () => {
    const index = readFileSync(join(dist, 'index.html'), 'utf8')
    expect(index).not.toMatch(/<script(?![^>]*\bsrc=)(?![^>]*application\/json)/)
    expect(index).not.toMatch(/https?:\/\//)
    expect(index).toContain('<base href="/"')
  })
})
