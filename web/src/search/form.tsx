// The search form. Its state is the address of the page; what is typed here is a draft until it is submitted.
import { useQuery } from '@tanstack/react-query'
import { useEffect, useId, useMemo, useRef, useState } from 'react'
import type { FormEvent, ReactElement } from 'react'
import { api } from '../api/client'
import { kinds } from '../api/types'
import { useShortcuts } from '../app/shortcuts'
import { formatDuration, fromLocalInput, toLocalInput, zoneLabel } from '../i18n/format'
import { useT } from '../i18n/t'
import { Combobox } from '../kit/combobox'
import { isDuration } from '../lang/q'
import { usePrefs } from '../state/prefs'
import type { SearchForm } from '../state/search-url'
import { ConditionsInput } from './conditions-input'

const quickRanges = [300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000]

/** `15 m`, `1 h`, `2 d` */
export const spanText = (seconds: number): string => formatDuration(seconds * 1e9).replace(/ 00 \w+$/, '')

export const widerRanges = (seconds: number): number[] => quickRanges.filter((range) => range > seconds)

interface Props {
  form: SearchForm
  lookback: number
  limitMax: number
  onSubmit: (form: SearchForm) => void
  onReset: () => void
}

/** Units as the server writes them, without spaces. */
const tidyDuration = (text: string): string => text.replace(/\s/g, '').replace('µ', 'u')

export function SearchFormView({ form, lookback, limitMax, onSubmit, onReset }: Props): ReactElement {
  const t = useT()
  const [draft, setDraft] = useState(form)
  useEffect(() => setDraft(form), [form])
  const set = (change: Partial<SearchForm>): void => setDraft((before) => ({ ...before, ...change }))

  const services = useQuery({ queryKey: ['services'], queryFn: ({ signal }) => api.services(signal) })
  const operations = useQuery({
    queryKey: ['operations', draft.service],
    queryFn: ({ signal }) => api.operations(draft.service, signal),
    enabled: draft.service === '' || services.data?.services.some((service) => service.name === draft.service) === true,
  })
  const serviceNames = useMemo(() => (services.data?.services ?? []).map((service) => (
    { value: service.name, side: t('form.spanCount', { count: service.spans }) })), [services.data, t])
  const operationNames = useMemo(() => {
    const names = new Map<string, string[]>()
    for (const { name, kind } of operations.data?.operations ?? []) names.set(name, [...(names.get(name) ?? []), t(`kind.${kind}`)])
    return [...names].map(([value, of]) => ({ value, side: of.slice(0, 2).join(', ') }))
  }, [operations.data, t])

  const bad = (text: string): boolean => text !== '' && !isDuration(text)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (bad(draft.min) || bad(draft.max)) return
    onSubmit({ ...draft, min: tidyDuration(draft.min), max: tidyDuration(draft.max) })
  }
  const conditions = useRef<HTMLInputElement>(null)
  useShortcuts(useMemo(() => ({ '/': () => conditions.current?.focus() }), []))

  return (
    <form className="search-form" onSubmit={submit} aria-label={t('form.title')}>
      <div className="form-row first">
        <Combobox label={t('form.service')} value={draft.service} placeholder={t('form.any')} listLabel={t('form.suggestions')}
          suggestions={serviceNames} onChange={(service) => set({ service })} />
        <Combobox label={t('form.operation')} value={draft.operation} placeholder={t('form.any')} listLabel={t('form.suggestions')}
          suggestions={operationNames} onChange={(operation) => set({ operation })} />
        <ConditionsInput input={conditions} service={draft.service} value={draft.q} onChange={(q) => set({ q })} />
        <TimeRange draft={draft} lookback={lookback} onChange={set} />
        <div className="form-actions">
          <button type="submit" className="button primary">{t('form.run')}</button>
          <button type="button" className="button" onClick={onReset}>{t('form.reset')}</button>
        </div>
      </div>
      <div className="form-row second">
        <Select label={t('form.kind')} value={draft.kind} onChange={(kind) => set({ kind })}
          options={[['', t('form.any')], ...kinds.map((kind): [string, string] => [kind, t(`kind.${kind}`)])]} />
        <Select label={t('form.status')} value={draft.status} onChange={(status) => set({ status })}
          options={[['', t('form.any')], ['error', t('form.status.error')], ['ok', t('form.status.ok')], ['unset', t('form.status.unset')]]} />
        <DurationInput label={t('form.min')} value={draft.min} bad={bad(draft.min)} onChange={(min) => set({ min })} />
        <DurationInput label={t('form.max')} value={draft.max} bad={bad(draft.max)} onChange={(max) => set({ max })} />
        <Select label={t('form.limit')} value={String(draft.limit)} onChange={(limit) => set({ limit: Number(limit) })}
          options={limitsUpTo(limitMax, draft.limit).map((limit) => [String(limit), String(limit)])} />
        {draft.from !== '' && <AbsoluteRange draft={draft} onChange={set} />}
      </div>
    </form>
  )
}

function limitsUpTo(max: number, current: number): number[] {
  return [...new Set([20, 100, 500, 1500, current])].filter((limit) => limit <= max).sort((a, b) => a - b)
}

function Select(props: {
  label: string; value: string; options: [string, string][]; onChange: (value: string) => void
}): ReactElement {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <select id={id} className="input" value={props.value} onChange={(event) => props.onChange(event.target.value)}>
        {props.options.map(([value, text]) => <option key={value} value={value}>{text}</option>)}
      </select>
    </div>
  )
}

function DurationInput(props: { label: string; value: string; bad: boolean; onChange: (value: string) => void }): ReactElement {
  const t = useT()
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <input id={id} className="input" value={props.value} placeholder={t('form.durationExample')} autoComplete="off"
        aria-invalid={props.bad} aria-describedby={props.bad ? `${id}-hint` : undefined}
        onChange={(event) => props.onChange(event.target.value)} />
      {props.bad && <span id={`${id}-hint`} className="hint bad">{t('form.badDuration')}</span>}
    </div>
  )
}

interface RangeProps {
  draft: SearchForm
  onChange: (change: Partial<SearchForm>) => void
}

function TimeRange({ draft, lookback, onChange }: RangeProps & { lookback: number }): ReactElement {
  const t = useT()
  const seconds = draft.last || lookback
  const ranges = [...new Set([...quickRanges, seconds])].sort((a, b) => a - b)
  const choose = (value: string): void => {
    if (value !== 'absolute') return onChange({ last: Number(value) === lookback ? 0 : Number(value), from: '', to: '' })
    const now = BigInt(Math.floor(Date.now() / 1000)) * 1_000_000_000n
    onChange({ from: String(now - BigInt(seconds) * 1_000_000_000n), to: String(now) })
  }
  return (
    <Select label={t('form.time')} value={draft.from === '' ? String(seconds) : 'absolute'} onChange={choose}
      options={[...ranges.map((range): [string, string] => [String(range), t('form.last', { span: spanText(range) })]), ['absolute', t('form.absolute')]]} />
  )
}

function AbsoluteRange({ draft, onChange }: RangeProps): ReactElement {
  const t = useT()
  const zone = usePrefs((prefs) => prefs.zone)
  const id = useId()
  const field = (which: 'from' | 'to'): ReactElement => {
    const value = draft[which]
    return (
      <div className="field">
        <label htmlFor={id + which}>
          {t(`form.${which}`)} <span className="zone">{zoneLabel(BigInt(value || draft.from), zone)}</span>
        </label>
        <input id={id + which} className="input" type="datetime-local" step="1" value={value === '' ? '' : toLocalInput(BigInt(value), zone)}
          onChange={(event) => {
            const ns = fromLocalInput(event.target.value, zone)
            if (ns !== null) onChange({ [which]: String(ns) })
            else if (which === 'to') onChange({ to: '' })
          }} />
      </div>
    )
  }
  return <>{field('from')}{field('to')}</>
}
