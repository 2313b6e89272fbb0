// Text field with a list of suggestions (APG combobox, list autocomplete). Any text may be entered.
import { useEffect, useId, useMemo, useRef, useState } from 'react'
import type { KeyboardEvent, ReactElement } from 'react'

export interface Suggestion {
  readonly value: string
  readonly side?: string
}

interface Props {
  label: string
  value: string
  placeholder?: string
  listLabel: string
  suggestions: readonly Suggestion[]
  onChange: (value: string) => void
}

const shown = 200

export function filterSuggestions(suggestions: readonly Suggestion[], text: string): Suggestion[] {
  const wanted = text.toLowerCase()
  const begins: Suggestion[] = []
  const contains: Suggestion[] = []
  for (const suggestion of suggestions) {
    const at = suggestion.value.toLowerCase().indexOf(wanted)
    if (at === 0) begins.push(suggestion)
    else if (at > 0) contains.push(suggestion)
  }
  return [...begins, ...contains].slice(0, shown)
}

export function Combobox({ label, value, placeholder, listLabel, suggestions, onChange }: Props): ReactElement {
  const id = useId()
  const [open, setOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const [typed, setTyped] = useState(false)
  const options = useMemo(() => filterSuggestions(suggestions, typed ? value : ''), [suggestions, typed, value])
  const expanded = open && options.length > 0

  const choose = (chosen: string): void => {
    onChange(chosen)
    setOpen(false)
    setTyped(false)
  }
  const show = (): void => {
    setOpen(true)
    setTyped(false)
    setActive(-1)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (!expanded) return show()
      const step = event.key === 'ArrowDown' ? 1 : -1
      setActive((active + step + options.length + (active < 0 && step < 0 ? 1 : 0)) % options.length)
    } else if (event.key === 'Enter' && expanded && active >= 0) {
      event.preventDefault()
      choose(options[active]!.value)
    } else if (event.key === 'Escape' && expanded) {
      event.stopPropagation()
      setOpen(false)
    }
  }

  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="combobox">
        <input id={id} className="input" role="combobox" autoComplete="off" spellCheck={false} value={value}
          placeholder={placeholder} aria-autocomplete="list" aria-expanded={expanded} aria-controls={`${id}-list`}
          aria-activedescendant={expanded && active >= 0 ? `${id}-${active}` : undefined}
          onChange={(event) => {
            onChange(event.target.value)
            setOpen(true)
            setTyped(true)
            setActive(-1)
          }}
          onFocus={(event) => event.target.select()} onClick={show} onBlur={() => setOpen(false)} onKeyDown={onKeyDown} />
        <Listbox id={id} label={listLabel} options={expanded ? options : []} active={active} onChoose={choose} />
      </div>
    </div>
  )
}

interface ListboxProps {
  id: string
  label: string
  options: readonly Suggestion[]
  active: number
  onChoose: (value: string) => void
}

/** The list below a field; stays in the document while it is empty so that the field always controls something. */
export function Listbox({ id, label, options, active, onChoose }: ListboxProps): ReactElement {
  const list = useRef<HTMLUListElement>(null)
  useEffect(() => {
    if (active >= 0) list.current?.children[active]?.scrollIntoView({ block: 'nearest' })
  }, [active])
  return (
    <ul ref={list} id={`${id}-list`} role="listbox" aria-label={label} className="listbox" hidden={options.length === 0}>
      {options.map((option, i) => (
        <li key={option.value} id={`${id}-${i}`} role="option" className="option" aria-selected={i === active}
          onPointerDown={(event) => {
            event.preventDefault()
            onChoose(option.value)
          }}>
          <span className="main">{option.value}</span>
          {option.side !== undefined && <span className="side">{option.side}</span>}
        </li>
      ))}
    </ul>
  )
}
