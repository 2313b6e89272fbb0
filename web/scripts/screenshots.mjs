// Takes the pictures in docs/images from the built pages and the generated traces. node scripts/screenshots.mjs [DIST]
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { startMock } from '../test/mock-server.mjs'

const images = fileURLToPath(new URL('../../docs/images/', import.meta.url))
mkdirSync(images, { recursive: true })
const server = await startMock(process.argv[2] ? { dist: process.argv[2] } : {})
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })

const answer = await fetch(`${server.url}api/x/v1/search`, {
  method: 'POST', body: JSON.stringify({ q: 'operation="POST acquirer" status=error', limit: 100 }),
})
const lines = (await answer.text()).trim().split('\n').map((line) => JSON.parse(line))
const failed = lines.find((line) => line.t === 'trace' && line.root)
for (const colorScheme of ['light', 'dark']) {
  const suffix = colorScheme === 'light' ? '' : '-dark'
  const context = await browser.newContext({ viewport: { width: 1360, height: 820 }, colorScheme, timezoneId: 'UTC', locale: 'en-US' })
  const page = await context.newPage()
  await page.goto(`${server.url}search?limit=200`)
  await page.getByText('200 traces').waitFor()
  await page.screenshot({ path: `${images}search${suffix}.png` })
  await page.goto(`${server.url}trace/${failed.trace_id}?span=${failed.match.span_id}`)
  await page.locator('.attributes').first().waitFor()
  await page.screenshot({ path: `${images}trace${suffix}.png` })
  await context.close()
}
await browser.close()
await server.close()
