// Texts in the viewer's language. Keys are typed: a text that is missing in a language does not compile.
import { useEffect, useMemo, useState } from 'react'
import { usePrefs } from '../state/prefs'
import { en } from './en'
import type { Key } from './en'
import { formatCount } from './format'
import type { Lang } from './format'

export type Values = Record<string, string | number>
export type Translate = (key: Key, values?: Values) => string

/** Replaces {name}; of "one|other" takes the form for {n}, which defaults to {count}. */
export function fill(text: string, values: Values, lang: Lang): string {
  const forms = text.split('|')
  const n = values.n ?? values.count
  const form = forms.length > 1 && new Intl.PluralRules(lang).select(Number(n)) === 'one' ? forms[0]! : forms.at(-1)!
  return form.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? ''
    return typeof value === 'number' ? formatCount(value, lang) : value
  })
}

type Texts = Readonly<Record<Key, string>>

let zhTexts: Texts | null = null

export async function loadLanguage(lang: Lang): Promise<void> {
  if (lang === 'zh' && zhTexts === null) zhTexts = (await import('./zh')).zh
}

export function useT(): Translate {
  const lang = usePrefs((prefs) => prefs.lang)
  const [, loaded] = useState(0)
  useEffect(() => {
    if (lang === 'zh' && zhTexts === null) void loadLanguage(lang).then(() => loaded((n) => n + 1))
  }, [lang])
  const texts: Texts = lang === 'zh' && zhTexts !== null ? zhTexts : en
  return useMemo(() => (key: Key, values?: Values) => (values ? fill(texts[key], values, lang) : texts[key]), [texts, lang])
}
