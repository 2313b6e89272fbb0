// Texts in the viewer's language. Keys are typed: a text that is missing in a language does not compile.
import { useEffect, useMemo, useState } from 'react'
import { usePrefs } from '../state/prefs'
import { en } from './en'
import type { Key } from './en'
import { fill } from './format'
import type { Lang, Values } from './format'

export type Translate = (key: Key, values?: Values) => string

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
