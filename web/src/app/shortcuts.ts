// Single keys as commands, unless the viewer has turned them off. They are off while text is typed, and while a modifier or a dialog is in play.
import { useEffect } from 'react'
import { usePrefs } from '../state/prefs'

export type Shortcuts = Readonly<Record<string, (event: KeyboardEvent) => void>>

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

export function useShortcuts(shortcuts: Shortcuts): void {
  const on = usePrefs((prefs) => prefs.keys)
  useEffect(() => {
    if (!on) return
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target)) return
      if (document.querySelector('dialog[open]')) return
      const command = shortcuts[event.key]
      if (!command) return
      // Enter and the arrows belong to a focused control.
      const onControl = event.target instanceof HTMLElement && event.target.closest('a,button,summary,[role=separator]') !== null
      if (onControl && /^(Enter|Arrow)/.test(event.key)) return
      event.preventDefault()
      command(event)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [shortcuts, on])
}
