import { afterEach, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { bigTraceId } from '../mock-data.mjs'
import { addressHas, expectQuiet, mocked, results, tasksDuring, useBrowser } from './browser'

const rows = async (page: Page): Promise<number> => Number(await page.locator('.timeline').getAttribute('data-rows'))
const rowsBecome = (page: Page, count: number): Promise<void> =>
  page.locator(`.timeline[data-rows="${count}"]`).waitFor()

const rowHeight = 24
const clickRow = async (page: Page, index: number): Promise<void> => {
  const box = (await page.locator('.timeline').boundingBox())!
  await page.mouse.click(box.x + 250, box.y + 28 + rowHeight * (index + 0.5))
}

/** Scrolls for two seconds, slowly and then 9,200 pixels a frame; looks at the picture three times to see that it changes. */
function scrollThrough(page: Page): Promise<{ fps: number; worst: number; pictures: number }> {
  return page.locator('.timeline').evaluate((box) => new Promise((done) => {
    const canvas = box.querySelector('canvas')!
    const gaps: number[] = []
    const pictures = new Set<string>([canvas.toDataURL()])
    box.scrollTop = 0
    let last = 0
    let frame = 0
    const step = (now: number): void => {
      if (frame > 5) gaps.push(now - last)
      last = now
      frame++
      box.scrollTop += frame < 60 ? 37 : 9200
      if (frame < 120) return void requestAnimationFrame(step)
      pictures.add(canvas.toDataURL())
      requestAnimationFrame(() => requestAnimationFrame(() => {
        pictures.add(canvas.toDataURL())
        const mean = gaps.reduce((a, b) => a + b, 0) / gaps.length
        done({ fps: 1000 / mean, worst: Math.max(...gaps), pictures: pictures.size })
      }))
    }
    requestAnimationFrame(step)
  }))
}

describe.runIf(mocked)('trace', () => {
  const browser = useBrowser()
  afterEach(() => expectQuiet(browser))

  async function openCheckout(): Promise<Page> {
    const page = await browser.open()
    await page.goto(`${browser.base}search?operation=checkout.PlaceOrder&status=error`)
    expect(await results(page)).toBeGreaterThan(3)
    await page.locator('.result', { hasText: 'POST /checkout' }).first().click()
    await page.getByRole('treegrid').waitFor()
    return page
  }

  it('leads from a search to the details of the failing span, and back', async () => {
    const page = await openCheckout()
    await page.getByRole('heading', { level: 1, name: 'frontend POST /checkout' }).waitFor()
    await page.keyboard.press('e')
    await page.keyboard.press('E')
    await page.keyboard.press('Enter')
    const panel = page.getByRole('complementary', { name: 'Span details' })
    await panel.getByRole('heading', { name: /POST acquirer/ }).waitFor()
    await panel.getByText('acquirer unavailable').waitFor()
    await panel.getByText('no answer from acquirer within 2 s', { exact: true }).waitFor()
    await panel.getByText('http.response.status_code').waitFor()
    await panel.getByLabel('Filter attributes').fill('k8s')
    await panel.getByText('k8s.namespace.name').waitFor()
    await addressHas(page, /\?span=[0-9a-f]{16}/)
    await panel.getByRole('button', { name: /payment.Charge/ }).click()
    await panel.getByRole('heading', { name: /payment.Charge/ }).waitFor()
    await page.keyboard.press('Escape')
    await panel.waitFor({ state: 'detached' })
    await page.goBack()
    expect(await results(page)).toBeGreaterThan(3)
  })

  it('gives services the colours that they have in the results', async () => {
    const page = await browser.open()
    await page.goto(`${browser.base}search?operation=checkout.PlaceOrder`)
    await results(page)
    const result = page.locator('.result', { hasText: 'POST /checkout' }).first()
    const inResults = new Map(await result.locator('.service-tick:has(i)').evaluateAll((ticks) => ticks.map((tick): [string, string] => (
      [tick.childNodes[1]!.textContent!, getComputedStyle(tick.querySelector('i')!).backgroundColor]))))
    await result.click()
    await page.getByRole('treegrid').waitFor()
    const compared = new Set<string>()
    for (let row = 0; row < 10; row++) {
      await clickRow(page, row)
      await page.locator('[role=row][aria-selected=true]').waitFor()
      const service = await page.locator('.details h2 span').innerText()
      const colour = await page.locator('.details-head i').evaluate((mark) => getComputedStyle(mark).backgroundColor)
      if (!inResults.has(service)) continue
      expect(colour, service).toBe(inResults.get(service))
      compared.add(service)
    }
    expect(compared.size).toBeGreaterThanOrEqual(3)
  })

  it('copies values and finds traces with the same value', async () => {
    const page = await openCheckout()
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await clickRow(page, 0)
    const row = page.locator('.attributes tr', { hasText: 'http.route' })
    await row.hover()
    await row.getByRole('button', { name: 'Copy value of http.route' }).click()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('/checkout')
    await row.getByRole('link', { name: 'Find traces with this http.route' }).click()
    await addressHas(page, /search\?q=span.http.route%3D%2Fcheckout/)
    expect(await results(page)).toBeGreaterThan(10)
  })

  it('finds words here and conditions on the server, and hides the rest', async () => {
    const page = await openCheckout()
    const all = await rows(page)
    const find = page.getByLabel('Find spans in this trace')
    await find.fill('payment')
    await page.locator('.find-count', { hasText: /\d spans/ }).waitFor()
    await page.getByRole('button', { name: 'Hide others' }).click()
    await page.waitForFunction((n) => Number(document.querySelector('.timeline')?.getAttribute('data-rows')) < n, all)
    await page.getByRole('button', { name: 'Next match' }).click()
    await page.locator('.find-count', { hasText: '1 of' }).waitFor()
    await find.fill('status=error duration>1ms')
    await page.locator('.find-kind', { hasText: 'conditions' }).waitFor()
    await rowsBecome(page, 4)
    await addressHas(page, /f=status%3Derror/)
    await find.fill('x=~"("')
    await find.fill('duration>fast')
    await page.getByRole('alert').getByText(/is not a duration/).waitFor()
    browser.complaints().forEach((complaint) => expect(complaint).toMatch(/400|500/))
    await page.getByRole('button', { name: 'Clear' }).click()
    await rowsBecome(page, all)
  })

  it('folds by key, and by level', async () => {
    const page = await openCheckout()
    const all = await rows(page)
    await page.keyboard.press('{')
    await rowsBecome(page, 1)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowRight')
    await rowsBecome(page, 2)
    expect(await page.getByRole('row').first().getAttribute('aria-expanded')).toBe('true')
    await page.getByRole('button', { name: 'Expand all' }).click()
    await rowsBecome(page, all)
    await page.getByRole('button', { name: 'Collapse one level' }).click()
    expect(await rows(page)).toBeLessThanOrEqual(all)
  })

  it('shows in a new browser what its address was copied from', async () => {
    const page = await openCheckout()
    const all = await rows(page)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Enter')
    await page.keyboard.press('z')
    await page.keyboard.press('w')
    await page.getByLabel('Find spans in this trace').fill('cart')
    await page.locator('.find-count', { hasText: 'span' }).waitFor()
    await addressHas(page, /span=.*z=\d+%2C\d+.*c=.*f=cart/)
    const heading = await page.locator('.details h2').innerText()
    const zoomed = await page.locator('.zoomed').innerText()
    const count = await rows(page)
    expect(count).toBeLessThan(all)

    const other = await browser.open()
    await other.goto(page.url())
    await other.locator('.details h2').waitFor()
    expect(await other.locator('.details h2').innerText()).toBe(heading)
    expect(await other.locator('.zoomed').innerText()).toBe(zoomed)
    expect(await rows(other)).toBe(count)
    expect(await other.getByLabel('Find spans in this trace').inputValue()).toBe('cart')
    const picture = async (p: Page): Promise<string> => p.locator('.timeline canvas').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL())
    await page.mouse.move(0, 0)
    expect(await picture(other)).toBe(await picture(page))
  })

  it('zooms by a drag over the overview and over the bars', async () => {
    const page = await openCheckout()
    const strip = (await page.locator('.minimap').boundingBox())!
    const drag = async (x0: number, x1: number, y: number): Promise<void> => {
      await page.mouse.move(x0, y)
      await page.mouse.down()
      await page.mouse.move((x0 + x1) / 2, y)
      await page.mouse.move(x1, y)
      await page.mouse.up()
    }
    await drag(strip.x + strip.width * 0.25, strip.x + strip.width * 0.75, strip.y + 20)
    await page.locator('.zoomed').waitFor()
    const first = await page.locator('.zoomed').innerText()
    const box = (await page.locator('.timeline').boundingBox())!
    await drag(box.x + 700, box.x + 1000, box.y + 12)
    await page.waitForFunction((text) => document.querySelector('.zoomed')?.textContent !== text, first)
    await page.keyboard.press('0')
    await page.locator('.zoomed').waitFor({ state: 'detached' })
  })

  it('offers both exports and the id', async () => {
    const page = await openCheckout()
    const id = /trace\/([0-9a-f]+)/.exec(page.url())![1]
    for (const [name, format] of [['OTLP JSON', 'otlp'], ['Jaeger JSON', 'jaeger']]) {
      expect(await page.getByRole('link', { name: name! }).evaluate((a: HTMLAnchorElement) => a.href))
        .toBe(`${browser.base}api/x/v1/traces/${id}/export?format=${format}`)
    }
  })

  it('opens 100,000 spans in short tasks', async () => {
    const page = await browser.open()
    const tasks = await tasksDuring(page, async () => {
      await page.goto(`${browser.base}trace/${bigTraceId}`)
      await rowsBecome(page, 100_000)
      await page.locator('.minimap[data-drawn=true]').waitFor()
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))))
    })
    const longest = { cpu: tasks[0]!.cpu, wall: Math.max(...tasks.map((task) => task.wall)) }
    console.log(`100,000 spans opened in ${tasks.length} tasks, the longest ${longest.cpu.toFixed(0)} ms of processor time, ${longest.wall.toFixed(0)} ms in all`)
    expect(longest.cpu).toBeGreaterThan(1)
    expect(longest.cpu).toBeLessThan(100)
  })

  it('scrolls 100,000 spans at the speed of the screen', async () => {
    const page = await browser.open()
    await page.goto(`${browser.base}trace/${bigTraceId}`)
    await rowsBecome(page, 100_000)
    // The best of three, since whoever else uses the machine can only take frames away.
    const runs: { fps: number; worst: number; pictures: number }[] = []
    while (runs.length < 3 && !runs.some((run) => run.fps >= 58)) runs.push(await scrollThrough(page))
    console.log(runs.map((run) => `100,000 spans: ${run.fps.toFixed(1)} fps, longest frame ${run.worst.toFixed(1)} ms`).join('\n'))
    expect(runs[0]!.pictures).toBe(3)
    expect(Math.max(...runs.map((run) => run.fps))).toBeGreaterThanOrEqual(50)
    // The rows that a screen reader gets follow.
    await page.waitForFunction(() => Number(document.querySelector('[role=row]')?.getAttribute('aria-rowindex')) > 10_000)
  })
})
