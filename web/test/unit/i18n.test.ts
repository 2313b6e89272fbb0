import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { en } from '../../src/i18n/en'
import type { Key } from '../../src/i18n/en'
import { zh } from '../../src/i18n/zh'

const keys = Object.keys(en) as Key[]
const source = new URL('../../src', import.meta.url).pathname
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name) && !name.includes('i18n/'))
const code = files.map((name) => readFileSync(join(source, name), 'utf8')).join('\n')

const placeholders = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!))].sort()

describe('texts', () => {
  it('are complete in every language', () => {
    expect(Object.keys(zh).sort()).toEqual([...keys].sort())
  })

  it.each(keys)('%s has the same placeholders and forms', (key) => {
    expect(zh[key].trim()).not.toBe('')
    expect(placeholders(zh[key])).toEqual(placeholders(en[key]))
    expect(zh[key].split('|').length).toBe(en[key].split('|').length)
  })

  it('are all used', () => {
    const unused = keys.filter((key) => !code.includes(`'${key}'`) && !code.includes(`\`${key.replace(/[^.]+$/, '')}\${`))
    expect(unused).toEqual([])
  })

  it('are not written into components', () => {
    // Words between tags would be English in every language.
    const literal = [...code.matchAll(/>\s*([A-Z][a-z]+(?: [a-z]+)*)\s*<\//g)].map((match) => match[1]).filter((word) => word !== 'Filo')
    expect(literal).toEqual([])
  })
})
