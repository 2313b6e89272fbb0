// What a viewer prefers, kept in this browser: theme, language, time zone, width of the tree column.
import { create } from 'zustand'
import type { Lang, Zone } from '../i18n/format'

export type ThemeChoice = 'auto' | 'light' | 'dark'

export interface Prefs {
  theme: ThemeChoice
  lang: Lang
  zone: Zone
  treeWidth: number
  /** Single keys are commands. */
  keys: boolean
}

const storageKey = 'filo.prefs'

function load(): Prefs {
  const prefs: Prefs = {
    theme: 'auto', lang: navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en', zone: 'local', treeWidth: 420, keys: true,
  }
  try {
    const stored = JSON.parse(localStorage.getItem(storageKey) ?? '{}') as Partial<Prefs>
    if (stored.theme === 'light' || stored.theme === 'dark') prefs.theme = stored.theme
    if (stored.lang === 'en' || stored.lang === 'zh') prefs.lang = stored.lang
    if (stored.zone === 'utc') prefs.zone = 'utc'
    if (stored.keys === false) prefs.keys = false
    if (typeof stored.treeWidth === 'number' && stored.treeWidth > 0) prefs.treeWidth = stored.treeWidth
  } catch {
    // Storage is off or holds something else: the defaults do.
  }
  return prefs
}

export const usePrefs = create<Prefs>(load)

usePrefs.subscribe((prefs) => {
  try {
    localStorage.setItem(storageKey, JSON.stringify(prefs))
  } catch {
    // Storage is off: preferences last as long as the page.
  }
})
