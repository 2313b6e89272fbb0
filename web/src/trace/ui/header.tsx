import { useQueryClient } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { api } from '../../api/client'
import { formatCount, formatDuration, formatFull } from '../../i18n/format'
import { useT } from '../../i18n/t'
import { CopyButton } from '../../kit/copy-button'
import { Icon } from '../../kit/icons'
import { usePrefs } from '../../state/prefs'
import { flagOrphan } from '../../api/trc1'
import { operationOf, serviceOf } from '../model/tree'
import type { Trace } from '../model/tree'

export function rootOf(trace: Trace): number {
  for (let row = 0; row < trace.n; row++) {
    if (trace.columns.parent[row] === -1 && (trace.columns.flags[row]! & flagOrphan) === 0) return row
  }
  return -1
}

export function TraceHeaderView({ trace, id }: { trace: Trace; id: string }): ReactElement {
  const t = useT()
  const queries = useQueryClient()
  const zone = usePrefs((prefs) => prefs.zone)
  const root = rootOf(trace)
  const facts: [string, string, string?][] = [
    [t('trace.start'), formatFull(trace.startNs, zone)],
    [t('trace.duration'), formatDuration(Number(trace.header.duration_ns))],
    [t('trace.spans'), formatCount(trace.n)],
    [t('trace.services'), formatCount(trace.header.services.length)],
    [t('trace.depth'), formatCount(trace.maxDepth + 1)],
    [t('trace.errors'), trace.errors > 0 ? `✕ ${formatCount(trace.errors)}` : '0', trace.errors > 0 ? 'bad' : ''],
  ]
  return (
    <header className="trace-header">
      <div className="trace-title">
        <h1>
          {root >= 0
            ? <><strong>{serviceOf(trace, root)}</strong> {operationOf(trace, root)}</>
            : <strong>{t('trace.noRoot')}</strong>}
        </h1>
        <span className="trace-id mono">{id}</span>
        <CopyButton text={id} label={t('trace.copyId')} />
        {!trace.header.complete && <span className="badge">▲ {t('trace.incomplete')}</span>}
        <div className="spacer" />
        <button type="button" className="icon-button" title={t('trace.reload')} aria-label={t('trace.reload')}
          onClick={() => void queries.invalidateQueries({ queryKey: ['trace', id] })}>
          <Icon name="reload" />
        </button>
        <CopyButton text={() => location.href} label={t('trace.copyLink')} icon="link" className="button">{t('trace.copyLink')}</CopyButton>
        <a className="button" href={api.exportUrl(id, 'otlp')} download={`${id}.otlp.json`}><Icon name="export" />{t('trace.exportOtlp')}</a>
        <a className="button" href={api.exportUrl(id, 'jaeger')} download={`${id}.jaeger.json`}><Icon name="export" />{t('trace.exportJaeger')}</a>
      </div>
      <dl className="facts">
        {facts.map(([name, value, state]) => <div key={name}><dt>{name}</dt><dd className={state}>{value}</dd></div>)}
      </dl>
    </header>
  )
}

export function TraceWarnings({ trace }: { trace: Trace }): ReactElement | null {
  const t = useT()
  const { complete, warnings } = trace.header
  if (complete && warnings.length === 0 && trace.orphans === 0) return null
  return (
    <div className="strip" role="status">
      <span aria-hidden="true">▲</span>
      <div className="grow">
        <ul>
          {!complete && <li><strong>{t('trace.incompleteText')}</strong></li>}
          {trace.orphans > 0 && <li>{t('trace.orphans', { count: trace.orphans })}</li>}
          {warnings.map((warning) => <li key={warning}>{warning}</li>)}
        </ul>
      </div>
    </div>
  )
}
