// What is shown instead of results: how to send a first span, or how to widen a search that found nothing.
import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { api } from '../api/client'
import { useT } from '../i18n/t'
import { CopyButton } from '../kit/copy-button'
import type { SearchForm } from '../state/search-url'
import { firstSpanCommand } from './first-span'
import { spanText, widerRanges } from './form'

const arrivalPollMs = 2000

export function SetupCard(): ReactElement {
  const t = useT()
  const boot = useQuery({ queryKey: ['boot'], queryFn: ({ signal }) => api.boot(signal), staleTime: Infinity })
  useQuery({ queryKey: ['services'], queryFn: ({ signal }) => api.services(signal), refetchInterval: arrivalPollMs })
  const endpoints = (boot.data?.endpoints ?? []).map(({ protocol, address }) => (
    { protocol, address: address.replace(/^(0\.0\.0\.0|\[::\]|::|\*|(?=:\d+$))/, location.hostname) }))
  const http = endpoints.find((endpoint) => /otlp.*http/i.test(endpoint.protocol))
  return (
    <div className="empty setup">
      <h2>{t('setup.title')}</h2>
      <p>{t('setup.text')}</p>
      <table>
        <tbody>
          {endpoints.map(({ protocol, address }) => (
            <tr key={protocol + address}>
              <th scope="row">{protocol}</th>
              <td><code>{address}</code></td>
              <td><CopyButton text={address} label={t('app.copy')} /></td>
            </tr>
          ))}
        </tbody>
      </table>
      {http && (
        <>
          <p>{t('setup.try')}</p>
          <div className="command">
            <pre tabIndex={0}>{firstSpanCommand(http.address)}</pre>
            <CopyButton text={firstSpanCommand(http.address)} label={t('app.copy')} />
          </div>
        </>
      )}
      <p className="note">{t('setup.watching')}</p>
    </div>
  )
}

const conditions = ['service', 'operation', 'kind', 'status', 'min', 'max', 'q'] as const

export function NoMatch(props: { form: SearchForm; lookback: number; onSubmit: (form: SearchForm) => void }): ReactElement {
  const { form, lookback, onSubmit } = props
  const t = useT()
  const labels = {
    service: t('form.service'), operation: t('form.operation'), kind: t('form.kind'), status: t('form.status'),
    min: t('form.min'), max: t('form.max'), q: t('form.conditions'),
  }
  const wider = form.from === '' ? widerRanges(form.last || lookback) : widerRanges(0).slice(6)
  return (
    <div className="empty">
      <h2>{t('results.empty')}</h2>
      <p>{t('results.emptyHint')}</p>
      <div className="choices">
        {wider.slice(0, 3).map((last) => (
          <button key={last} type="button" className="button" onClick={() => onSubmit({ ...form, from: '', to: '', last })}>
            {t('results.widen', { span: spanText(last) })}
          </button>
        ))}
        {conditions.filter((key) => form[key] !== '').map((key) => (
          <button key={key} type="button" className="button" onClick={() => onSubmit({ ...form, [key]: '' })}>
            {t('results.drop', { condition: `${labels[key]}: ${form[key]}` })}
          </button>
        ))}
      </div>
    </div>
  )
}
