// The frame around the pages: top bar, preferences, keys that work everywhere.
import { Suspense, lazy, useEffect, useMemo, useRef, useState } from 'react'
import type { FormEvent, ReactElement } from 'react'
import { Link, Route, Switch, useLocation } from 'wouter'
import logo from '../filo.svg'
import { zoneLabel } from '../i18n/format'
import { useT } from '../i18n/t'
import { Icon } from '../kit/icons'
import { traceIdIn } from '../lang/trace-id'
import { KeptSearches } from '../search/kept-searches'
import { SearchPage } from '../search/search-page'
import { usePrefs } from '../state/prefs'
import type { ThemeChoice } from '../state/prefs'
import { useTheme } from '../theme/theme'
import { HelpDialog } from './help-dialog'
import { useShortcuts } from './shortcuts'

const loadTracePage = () => import('../trace/ui/trace-page')
const TracePage = lazy(() => loadTracePage().then((module) => ({ default: module.TracePage })))

export function App(): ReactElement {
  const t = useT()
  const lang = usePrefs((prefs) => prefs.lang)
  const [, navigate] = useLocation()
  const [help, setHelp] = useState(false)
  const [kept] = useState(() => new KeptSearches())
  useTheme()
  useEffect(() => {
    document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en'
  }, [lang])
  useEffect(() => {
    // The trace page is wanted next; fetch it while nothing else is going on.
    const idle = setTimeout(() => void loadTracePage(), 1500)
    return () => clearTimeout(idle)
  }, [])
  useShortcuts(useMemo(() => ({ '?': () => setHelp(true), S: () => navigate('/search') }), [navigate]))

  return (
    <div className="frame">
      <a className="skip" href="#content" onClick={(event) => {
        event.preventDefault()
        document.getElementById('content')?.focus()
      }}>{t('app.skip')}</a>
      <header className="topbar">
        <Link href="/search" className="brand" aria-label={`Filo – ${t('app.search')}`}>
          <img src={logo} width="24" height="24" alt="" />
          <span>Filo</span>
        </Link>
        <OpenTrace />
        <div className="spacer" />
        <ZoneButton />
        <ThemeButton />
        <LanguageButton />
        <button type="button" className="icon-button" aria-label={t('app.help')} title={`${t('app.help')} (?)`} onClick={() => setHelp(true)}>
          <Icon name="help" />
        </button>
      </header>
      <main id="content" tabIndex={-1}>
        <Suspense fallback={<p className="page-message">{t('app.loading')}</p>}>
          <Switch>
            <Route path="/"><SearchPage kept={kept} /></Route>
            <Route path="/search"><SearchPage kept={kept} /></Route>
            <Route path="/trace/:id">{({ id }) => <TracePage key={id} id={id.toLowerCase()} />}</Route>
            <Route><p className="page-message">{t('app.notFound')}</p></Route>
          </Switch>
        </Suspense>
      </main>
      {help && <HelpDialog onClose={() => setHelp(false)} />}
    </div>
  )
}

function OpenTrace(): ReactElement {
  const t = useT()
  const [, navigate] = useLocation()
  const [bad, setBad] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const open = (text: string): void => {
    const id = traceIdIn(text)
    setBad(id === null && text.trim() !== '')
    if (id === null) return
    if (input.current) input.current.value = ''
    navigate(`/trace/${id}`)
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    open(input.current?.value ?? '')
  }
  return (
    <form className="open-trace" role="search" aria-label={t('app.openTraceLabel')} onSubmit={submit}>
      <Icon name="search" />
      <input ref={input} className="input" aria-label={t('app.openTrace')} placeholder={t('app.openTrace')} spellCheck={false}
        autoComplete="off" aria-invalid={bad} aria-describedby={bad ? 'open-trace-bad' : undefined} onChange={() => setBad(false)} />
      {bad && <span id="open-trace-bad" className="open-trace-bad" role="alert">{t('app.noTraceId')}</span>}
    </form>
  )
}

function ZoneButton(): ReactElement {
  const t = useT()
  const zone = usePrefs((prefs) => prefs.zone)
  const offset = zoneLabel(BigInt(Date.now()) * 1_000_000n, zone)
  const name = zone === 'utc' ? 'UTC' : t('app.zone.local')
  return (
    <button type="button" className="icon-button" title={`${t('app.zone')} (${offset})`} aria-label={`${t('app.zone')}: ${name}`}
      onClick={() => usePrefs.setState({ zone: zone === 'utc' ? 'local' : 'utc' })}>
      <Icon name="clock" />
      <span className="icon-text">{name}</span>
    </button>
  )
}

const nextTheme: Record<ThemeChoice, ThemeChoice> = { auto: 'light', light: 'dark', dark: 'auto' }
const themeIcons = { auto: 'auto', light: 'sun', dark: 'moon' } as const

function ThemeButton(): ReactElement {
  const t = useT()
  const theme = usePrefs((prefs) => prefs.theme)
  return (
    <button type="button" className="icon-button" title={t('app.theme')} aria-label={`${t('app.theme')}: ${t(`app.theme.${theme}`)}`}
      onClick={() => usePrefs.setState({ theme: nextTheme[theme] })}>
      <Icon name={themeIcons[theme]} />
      <span className="icon-text">{t(`app.theme.${theme}`)}</span>
    </button>
  )
}

function LanguageButton(): ReactElement {
  const t = useT()
  const lang = usePrefs((prefs) => prefs.lang)
  return (
    <button type="button" className="icon-button" title={t('app.language')} lang={lang === 'zh' ? 'en' : 'zh-CN'}
      onClick={() => usePrefs.setState({ lang: lang === 'zh' ? 'en' : 'zh' })}>
      {lang === 'zh' ? 'English' : '中文'}
    </button>
  )
}
