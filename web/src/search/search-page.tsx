import './search.css'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { ReactElement } from 'react'
import { useLocation, useSearch } from 'wouter'
import { useHistoryState } from 'wouter/use-browser-location'
import { api } from '../api/client'
import { formatBytes, formatDuration } from '../i18n/format'
import { useT } from '../i18n/t'
import { ProblemStrip } from '../kit/problem'
import { defaultForm, formFromUrl, formToUrl, requestOf } from '../state/search-url'
import type { SearchForm } from '../state/search-url'
import { NoMatch, SetupCard } from './empty'
import { SearchFormView } from './form'
import { newSearch } from './kept-searches'
import type { KeptSearches } from './kept-searches'
import { ResultList } from './results'
import { Scatter } from './scatter'
import { useSearchRun } from './use-search'
import type { SearchState } from './use-search'

export function SearchPage({ kept }: { kept: KeptSearches }): ReactElement {
  const t = useT()
  const query = useSearch()
  const [, navigate] = useLocation()
  const form = useMemo(() => formFromUrl(query), [query])
  const [runs, setRuns] = useState(0)
  const boot = useQuery({ queryKey: ['boot'], queryFn: ({ signal }) => api.boot(signal), staleTime: Infinity })
  const lookback = boot.data?.default_lookback_s ?? 3600
  const limitMax = boot.data?.limits.search_limit_max ?? 1500
  const ready = !boot.isPending
  const entry = useHistoryState<{ search?: string } | null>()?.search ?? ''
  // `runs` makes a new search of an unchanged form: the range moves on with the clock.
  const search = useMemo(
    () => kept.find(entry) ?? (ready ? newSearch(requestOf(form, lookback, limitMax, Date.now())) : null),
    [kept, entry, form, ready, lookback, limitMax, runs],
  )
  const { state, loadMore } = useSearchRun(search)

  useEffect(() => {
    document.title = `${form.service || t('app.search')} – Filo`
  }, [form.service, t])

  // In the commit that shows the answer, so that the history entry is still that of this page.
  useLayoutEffect(() => {
    if (search === null || state.of !== search || state.status !== 'done') return
    search.answer = state
    kept.keep(search)
    if (entry !== search.name) history.replaceState({ search: search.name }, '')
  }, [kept, entry, search, state])

  const runAgain = (): void => {
    kept.forget(entry)
    setRuns((n) => n + 1)
  }
  const submit = (next: SearchForm): void => {
    const url = formToUrl(next)
    if (url === formToUrl(form)) runAgain()
    else navigate(url ? `/search?${url}` : '/search')
  }

  const none = state.rows.length === 0 && state.status === 'done'
  return (
    <div className="search-page">
      <h1 className="hidden-text">{t('form.title')}</h1>
      <SearchFormView form={form} lookback={lookback} limitMax={limitMax} onSubmit={submit}
        onReset={() => submit(defaultForm)} />
      <div className={`thin-bar ${state.status === 'running' ? 'on' : ''}`} />
      <section className="results" aria-label={t('results.title')} aria-busy={state.status === 'running'}>
        {state.error !== null && <ProblemStrip error={state.error} onRetry={runAgain} />}
        {state.error !== null && state.rows.length > 0 && <p className="note">{t('results.stopped')}</p>}
        {(state.warnings.length > 0 || !state.complete) && <Warnings state={state} />}
        {none
          ? <Nothing form={form} lookback={lookback} onSubmit={submit} onArrival={runAgain} />
          : <>
              <Scatter rows={state.rows} stale={state.stale} onOpen={(id) => navigate(`/trace/${id}`)} />
              {state.of !== null && (
                <ResultList key={state.of.name} rows={state.rows} stale={state.stale} place={state.of.place}
                  filtered={Boolean(state.of.request.q)} loading={state.status === 'running' && state.rows.length === 0} />
              )}
            </>}
        <Footer state={state} onMore={loadMore} />
      </section>
    </div>
  )
}

function Nothing(props: {
  form: SearchForm; lookback: number; onSubmit: (form: SearchForm) => void; onArrival: () => void
}): ReactElement {
  const t = useT()
  const services = useQuery({ queryKey: ['services'], queryFn: ({ signal }) => api.services(signal) })
  const empty = services.data?.services.length === 0
  const wasEmpty = useRef(false)
  const { onArrival } = props
  useEffect(() => {
    if (wasEmpty.current && !empty) onArrival()
    wasEmpty.current = empty
  }, [empty, onArrival])
  if (services.isPending) return <p className="empty">{t('app.loading')}</p>
  if (empty) return <SetupCard />
  return <NoMatch form={props.form} lookback={props.lookback} onSubmit={props.onSubmit} />
}

function Warnings({ state }: { state: SearchState }): ReactElement {
  const t = useT()
  return (
    <div className="strip" role="status">
      <span aria-hidden="true">▲</span>
      <div className="grow">
        {!state.complete && <strong>{t('results.incomplete')}</strong>}
        <ul>{state.warnings.map((warning) => <li key={warning}>{warning}</li>)}</ul>
      </div>
    </div>
  )
}

function Footer({ state, onMore }: { state: SearchState; onMore: () => void }): ReactElement {
  const t = useT()
  const { scanned, progress } = state
  const done = { spans: scanned.spans, bytes: formatBytes(scanned.bytes), took: formatDuration(scanned.ms * 1e6) }
  return (
    <footer className="results-footer">
      <p role="status">
        {state.status === 'running' && t('results.searching', progress)}
        {state.status === 'done' && (
          <>
            <strong>{t('results.count', { count: state.rows.length })}</strong>
            {' · '}{t('results.done', done)}
            {state.rows.length > 0 && state.complete && <>{' · '}{t(state.cursor === null ? 'results.end' : 'results.older')}</>}
          </>
        )}
      </p>
      {state.cursor !== null && state.status !== 'failed' && (
        <button type="button" className="button" disabled={state.status === 'running'} onClick={onMore}>{t('results.loadMore')}</button>
      )}
    </footer>
  )
}
