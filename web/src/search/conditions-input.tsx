// The attribute conditions, with suggestions for the key or the value that is being typed.
import { useQuery } from '@tanstack/react-query'
import { useId, useMemo, useState } from 'react'
import type { KeyboardEvent, ReactElement, RefObject } from 'react'
import { api } from '../api/client'
import { kinds } from '../api/types'
import { useT } from '../i18n/t'
import { Listbox, filterSuggestions } from '../kit/combobox'
import type { Suggestion } from '../kit/combobox'
import { quote, typingAt } from '../lang/q'
import type { Typing } from '../lang/q'

const builtIn: Suggestion[] = ['service', 'operation', 'kind', 'status', 'duration', 'event', 'scope.name'].map((value) => ({ value }))
const fixedValues: Record<string, readonly string[]> = {
  kind: kinds,
  status: ['ok', 'error', 'unset'],
  duration: ['10ms', '100ms', '1s', '10s'],
}

interface Props {
  input: RefObject<HTMLInputElement | null>
  service: string
  value: string
  onChange: (value: string) => void
}

function useSuggestions(typing: Typing | null, service: string): Suggestion[] {
  const keys = useQuery({
    queryKey: ['attributes', service], queryFn: ({ signal }) => api.attributes(service, signal), enabled: typing !== null,
  })
  const key = typing?.kind === 'value' ? typing.key : ''
  const asked = key !== '' && !(key in fixedValues)
  const values = useQuery({
    queryKey: ['attribute-values', key, service, typing?.text],
    queryFn: ({ signal }) => api.attributeValues(key, service, typing?.text ?? '', signal),
    enabled: asked,
    retry: false,
    placeholderData: (before) => before,
  })
  return useMemo(() => {
    if (typing === null) return []
    if (typing.kind === 'value') {
      const known = fixedValues[key]?.map((value) => ({ value }))
      const found = known ?? (values.data?.values ?? []).map(({ name, spans }) => ({ value: name, side: String(spans) }))
      return filterSuggestions(found, typing.text).slice(0, 50)
    }
    const seen = new Map<string, Suggestion>()
    for (const { key: value, scope, type } of keys.data?.keys ?? []) seen.set(value, { value, side: `${scope} · ${type}` })
    return filterSuggestions([...builtIn, ...seen.values()], typing.text).slice(0, 50)
  }, [typing, key, keys.data, values.data])
}

export function ConditionsInput({ input, service, value, onChange }: Props): ReactElement {
  const t = useT()
  const id = useId()
  const [typing, setTyping] = useState<Typing | null>(null)
  const [active, setActive] = useState(-1)
  const suggestions = useSuggestions(typing, service)
  const expanded = typing !== null && suggestions.length > 0

  const look = (): void => {
    const field = input.current
    if (field) setTyping(typingAt(field.value, field.selectionStart ?? field.value.length))
    setActive(-1)
  }
  const choose = (chosen: string): void => {
    const field = input.current
    if (!typing || !field) return
    const cursor = field.selectionStart ?? value.length
    const inHas = /has\($/.test(value.slice(0, typing.from))
    const inserted = typing.kind === 'value' ? `${quote(chosen)} ` : inHas ? `${chosen}) ` : `${chosen}=`
    const text = value.slice(0, typing.from) + inserted + value.slice(cursor).replace(/^\s+/, '')
    const at = typing.from + inserted.length
    onChange(text)
    setActive(-1)
    setTyping(inserted.endsWith(' ') ? null : typingAt(text, at))
    requestAnimationFrame(() => field.setSelectionRange(at, at))
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (!expanded) return look()
      const step = event.key === 'ArrowDown' ? 1 : active < 0 ? 0 : -1
      setActive((active + step + suggestions.length) % suggestions.length)
    } else if ((event.key === 'Enter' || event.key === 'Tab') && expanded && active >= 0) {
      event.preventDefault()
      choose(suggestions[active]!.value)
    } else if (event.key === 'Enter') {
      setTyping(null)
    } else if (event.key === 'Escape' && expanded) {
      event.stopPropagation()
      setTyping(null)
    }
  }
  return (
    <div className="field conditions">
      <label htmlFor={id}>{t('form.conditions')}</label>
      <div className="combobox">
        <input ref={input} id={id} className="input mono" role="combobox" autoComplete="off" spellCheck={false} value={value}
          placeholder={t('form.conditionsExample')} title={t('form.conditionsHelp')} aria-autocomplete="list" aria-expanded={expanded}
          aria-controls={`${id}-list`} aria-activedescendant={expanded && active >= 0 ? `${id}-${active}` : undefined}
          onChange={(event) => {
            onChange(event.target.value)
            look()
          }}
          onClick={look} onBlur={() => setTyping(null)} onKeyDown={onKeyDown} />
        <Listbox id={id} label={t('form.suggestions')} options={expanded ? suggestions : []} active={active} onChoose={choose} />
      </div>
    </div>
  )
}
