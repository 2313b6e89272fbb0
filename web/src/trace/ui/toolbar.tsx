// Finding in the trace, folding, and zooming out.
import { useEffect, useState } from 'react'
import type { KeyboardEvent, ReactElement, RefObject } from 'react'
import { formatDuration } from '../../i18n/format'
import { useT } from '../../i18n/t'
import { Icon } from '../../kit/icons'
import type { IconName } from '../../kit/icons'
import { allExpanded, collapseAll, collapseOneLevel, expandOneLevel } from '../model/collapse'
import type { Trace } from '../model/tree'
import type { Found } from './use-find'
import type { ChangeView, View } from './use-trace-view'

interface Props {
  trace: Trace
  view: View
  found: Found
  input: RefObject<HTMLInputElement | null>
  onChange: ChangeView
  onStep: (step: 1 | -1) => void
}

const typingMs = 200

export function Toolbar({ trace, view, found, input, onChange, onStep }: Props): ReactElement {
  const t = useT()
  const button = (icon: IconName, label: string, onClick: () => void, disabled = false): ReactElement => (
    <button type="button" className="icon-button" title={label} aria-label={label} disabled={disabled} onClick={onClick}><Icon name={icon} /></button>
  )
  const fold = (next: typeof collapseOneLevel) => () => onChange(({ collapse }) => ({ collapse: next(trace, collapse) }))
  return (
    <div className="toolbar">
      {button('expandAll', t('trace.expandAll'), () => onChange({ collapse: allExpanded }))}
      {button('collapseAll', t('trace.collapseAll'), () => onChange({ collapse: collapseAll }))}
      {button('expandLevel', t('trace.expandLevel'), fold(expandOneLevel))}
      {button('collapseLevel', t('trace.collapseLevel'), fold(collapseOneLevel))}
      <span className="divider" />
      <FindField {...{ view, found, input, onChange, onStep }} />
      <div className="spacer" />
      {view.zoom !== null && (
        <>
          <span className="zoomed">{t('trace.zoomed', { from: formatDuration(view.zoom[0]), to: formatDuration(view.zoom[1]) })}</span>
          <button type="button" className="button" onClick={() => onChange({ zoom: null })}><Icon name="fit" />{t('trace.fit')}</button>
        </>
      )}
    </div>
  )
}

function FindField({ view, found, input, onChange, onStep }: Omit<Props, 'trace'>): ReactElement {
  const t = useT()
  const [text, setText] = useState(view.filter)
  useEffect(() => setText(view.filter), [view.filter])
  useEffect(() => {
    if (text === view.filter) return
    const timer = setTimeout(() => onChange({ filter: text }), typingMs)
    return () => clearTimeout(timer)
  }, [text, view.filter, onChange])
  const count = found.rows?.length ?? 0
  const at = found.rows ? found.rows.indexOf(view.cursor) + 1 : 0
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') {
      event.preventDefault()
      if (text === view.filter) onStep(event.shiftKey ? -1 : 1)
      else onChange({ filter: text })
    } else if (event.key === 'Escape') {
      event.preventDefault()
      if (text === '') input.current?.blur()
      setText('')
    }
  }
  return (
    <div className="find" role="search">
      <div className="find-field">
        <Icon name="search" />
        <input ref={input} className="input" value={text} spellCheck={false} autoComplete="off" aria-label={t('find.label')}
          placeholder={t('find.placeholder')} aria-invalid={found.error !== null} onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown} />
        {found.kind !== 'none' && <span className="find-kind">{t(`find.${found.kind}`)}</span>}
      </div>
      {found.kind !== 'none' && (
        <>
          <span className="find-count" role="status">
            {found.rows !== null && (count === 0 ? t('find.none') : at > 0 ? t('find.count', { at, count }) : t('results.spans', { count }))}
          </span>
          <button type="button" className="icon-button" aria-label={t('find.previous')} title={`${t('find.previous')} (N)`} disabled={count === 0}
            onClick={() => onStep(-1)}><Icon name="up" /></button>
          <button type="button" className="icon-button" aria-label={t('find.next')} title={`${t('find.next')} (n)`} disabled={count === 0}
            onClick={() => onStep(1)}><Icon name="down" /></button>
          <div className="segmented" role="group" aria-label={t('help.mode')}>
            {(['dim', 'hide'] as const).map((mode) => (
              <button key={mode} type="button" aria-pressed={view.mode === mode} onClick={() => onChange({ mode })}>{t(`find.${mode}`)}</button>
            ))}
          </div>
          <button type="button" className="icon-button" aria-label={t('find.clear')} title={t('find.clear')} onClick={() => {
            setText('')
            onChange({ filter: '' })
          }}><Icon name="close" /></button>
        </>
      )}
    </div>
  )
}
