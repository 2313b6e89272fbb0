// The theme in force, and its colours for canvases, which cannot use custom properties.
import { useEffect, useSyncExternalStore } from 'react'
import { usePrefs } from '../state/prefs'
import type { ThemeChoice } from '../state/prefs'
import { serviceColours } from './palettes'
import type { Theme } from './palettes'

const darkQuery = matchMedia('(prefers-color-scheme: dark)')

const subscribe = (listener: () => void): (() => void) => {
  darkQuery.addEventListener('change', listener)
  return () => darkQuery.removeEventListener('change', listener)
}

const resolve = (choice: ThemeChoice, dark: boolean): Theme => (choice === 'auto' ? (dark ? 'dark' : 'light') : choice)

export function applyTheme(choice: ThemeChoice): void {
  document.documentElement.dataset.theme = resolve(choice, darkQuery.matches)
}

export function useTheme(): Theme {
  const choice = usePrefs((prefs) => prefs.theme)
  const dark = useSyncExternalStore(subscribe, () => darkQuery.matches)
  useEffect(() => applyTheme(choice), [choice, dark])
  return resolve(choice, dark)
}

const tokens = ['bg-0', 'bg-1', 'bg-2', 'bg-3', 'fg-0', 'fg-1', 'fg-2', 'line', 'accent', 'accent-soft', 'err', 'match'] as const

export type CanvasColours = Record<(typeof tokens)[number], string> & { readonly services: readonly string[] }

export function canvasColours(theme: Theme): CanvasColours {
  applyTheme(theme)
  const style = getComputedStyle(document.documentElement)
  const entries = tokens.map((token) => [token, style.getPropertyValue(`--${token}`).trim()])
  return { ...Object.fromEntries(entries), services: serviceColours[theme] } as CanvasColours
}
