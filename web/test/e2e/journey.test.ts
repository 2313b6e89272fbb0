// The way through both pages on whatever data there is. Against a real server (FILO_URL) it needs a trace of the last hour.
import { describe, expect, it } from 'vitest'
import { addressHas, expectQuiet, results, useBrowser } from './browser'

describe('journey', () => {
  const browser = useBrowser()

  it('goes from the search over a trace to a link that shows the same', async () => {
    const page = await browser.open()
    await page.goto(browser.base)
    expect(await results(page)).toBeGreaterThan(0)
    const service = await page.locator('.result-name strong').first().innerText()
    await page.getByLabel('Service').fill(service)
    await page.getByRole('button', { name: 'Search', exact: true }).click()
    await addressHas(page, /service=/)
    expect(await results(page)).toBeGreaterThan(0)
    await page.locator('.result').first().click()
    await page.getByRole('treegrid').waitFor()
    const spans = Number(await page.locator('.timeline').getAttribute('data-rows'))
    expect(spans).toBeGreaterThan(0)
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.locator('.details').getByText('service.name', { exact: true }).waitFor({ state: 'attached' })
    await page.getByLabel('Find spans in this trace').fill('duration>=0ns')
    await page.locator('.find-count', { hasText: String(spans) }).waitFor()
    await page.keyboard.press('Escape')
    await addressHas(page, /span=[0-9a-f]{16}/)
    const heading = await page.locator('.details h2').innerText()
    const other = await browser.open({ locale: 'zh-CN', colorScheme: 'dark' })
    await other.goto(page.url())
    await other.locator('.attributes').first().waitFor()
    expect(await other.locator('.details h2').innerText()).toBe(heading)
    const answers = await page.locator('.trace-title a').evaluateAll((links) => Promise.all(
      links.map(async (link) => (await fetch((link as HTMLAnchorElement).href)).status)))
    expect(answers).toEqual([200, 200])
    expectQuiet(browser)
  })
})
