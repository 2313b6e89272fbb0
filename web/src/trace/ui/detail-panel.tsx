// Everything about one span, fetched when it is looked at.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { Link } from 'wouter'
import { ApiError, api } from '../../api/client'
import type { SpanDetail, SpanEvent, SpanLink } from '../../api/types'
import { formatDuration, formatFull, formatPercent } from '../../i18n/format'
import { useT } from '../../i18n/t'
import { CopyButton } from '../../kit/copy-button'
import { Icon } from '../../kit/icons'
import { ProblemStrip } from '../../kit/problem'
import { usePrefs } from '../../state/prefs'
import { colourOf } from '../../theme/palettes'
import { useTheme } from '../../theme/theme'
import { operationOf, serviceOf, spanIdOf } from '../model/tree'
import type { Trace } from '../model/tree'
import { AttributeTable } from './attribute-table'

interface Props {
  trace: Trace
  id: string
  row: number
  onRow: (row: number) => void
  onReload: () => void
  onClose: () => void
}

export function DetailPanel({ trace, id, row, onRow, onReload, onClose }: Props): ReactElement {
  const t = useT()
  const theme = useTheme()
  const { version } = trace.header
  const answer = useQuery({
    queryKey: ['span', id, version, row],
    queryFn: async ({ signal }) => (await api.spans(id, version, [row], signal))[0] ?? null,
    staleTime: Infinity,
  })
  const changed = answer.error instanceof ApiError && answer.error.problem.status === 409
  return (
    <aside className="details" aria-label={t('detail.title')}>
      <div className="details-head">
        <i style={{ background: colourOf(serviceOf(trace, row), theme) }} />
        <h2><span>{serviceOf(trace, row)}</span>{operationOf(trace, row)}</h2>
        <button type="button" className="icon-button" aria-label={t('detail.close')} title={`${t('detail.close')} (Esc)`} onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <div className="details-body" tabIndex={0} role="region" aria-label={t('detail.overview')}>
        <Overview trace={trace} row={row} detail={answer.data ?? null} onRow={onRow} />
        {changed && (
          <div className="strip" role="alert">
            <span className="grow">{t('trace.changed')}</span>
            <button type="button" className="button" onClick={onReload}>{t('trace.reload')}</button>
          </div>
        )}
        {answer.error !== null && !changed && <ProblemStrip error={answer.error} onRetry={() => void answer.refetch()} />}
        {answer.data && <Sections id={id} trace={trace} detail={answer.data} />}
      </div>
    </aside>
  )
}

function Overview(props: { trace: Trace; row: number; detail: SpanDetail | null; onRow: (row: number) => void }): ReactElement {
  const { trace, row, detail, onRow } = props
  const t = useT()
  const zone = usePrefs((prefs) => prefs.zone)
  const start = trace.columns.start[row]!
  const duration = trace.columns.dur[row]!
  const parent = trace.columns.parent[row]!
  const begins = detail ? BigInt(detail.start_ns) : trace.startNs + BigInt(Math.round(start))
  const spanId = spanIdOf(trace, row)
  return (
    <dl className="overview">
      <Fact name={t('detail.duration')}>
        <strong>{formatDuration(duration)}</strong> <span className="dim">{t('detail.share', { share: formatPercent(duration / trace.span) })}</span>
      </Fact>
      <Fact name={t('detail.start')}>
        +{formatDuration(start)} <span className="dim">{t('detail.offset')}</span>
        <br />
        <span className="dim">{formatFull(begins, zone)}</span>
      </Fact>
      {detail && (
        <>
          <Fact name={t('detail.kind')}>{t(`kind.${detail.kind}`)}</Fact>
          <Fact name={t('detail.status')}>
            <span className={detail.status === 'error' ? 'bad' : ''}>
              {detail.status === 'error' ? '✕ ' : ''}{t(`form.status.${detail.status}`)}
            </span>
            {detail.status_message !== '' && <> – {detail.status_message}</>}
          </Fact>
        </>
      )}
      <Fact name={t('detail.spanId')}><code>{spanId}</code><CopyButton text={spanId} label={t('detail.copyValue', { key: t('detail.spanId') })} /></Fact>
      <Fact name={t('detail.parent')}>
        {parent >= 0
          ? <button type="button" className="link" onClick={() => onRow(parent)}>{serviceOf(trace, parent)} {operationOf(trace, parent)}</button>
          : detail?.parent_span_id ? <code>{detail.parent_span_id}</code> : t('detail.noParent')}
      </Fact>
      {detail && detail.trace_state !== '' && <Fact name={t('detail.traceState')}><code>{detail.trace_state}</code></Fact>}
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }): ReactElement {
  return <div><dt>{name}</dt><dd>{children}</dd></div>
}

function Sections({ id, trace, detail }: { id: string; trace: Trace; detail: SpanDetail }): ReactElement {
  const t = useT()
  const [filter, setFilter] = useState('')
  const { attributes, events, links, resource, scope } = detail
  const many = attributes.length + resource.attributes.length > 8
  return (
    <>
      {many && (
        <input className="input" value={filter} placeholder={t('detail.filter')} aria-label={t('detail.filter')} spellCheck={false}
          onChange={(event) => setFilter(event.target.value)} />
      )}
      <Section title={t('detail.attributes')} count={attributes.length} dropped={detail.dropped_attributes} open>
        <AttributeTable attributes={attributes} filter={filter} scope="span" />
      </Section>
      {(events.length > 0 || detail.dropped_events > 0) && (
        <Section title={t('detail.events')} count={events.length} dropped={detail.dropped_events} open>
          {events.map((event, i) => <EventView key={i} event={event} startNs={trace.startNs} />)}
        </Section>
      )}
      {(links.length > 0 || detail.dropped_links > 0) && (
        <Section title={t('detail.links')} count={links.length} dropped={detail.dropped_links} open>
          {links.map((link, i) => <LinkView key={i} link={link} id={id} />)}
        </Section>
      )}
      <Section title={t('detail.resource')} count={resource.attributes.length} open={filter !== '' || attributes.length < 8}>
        <AttributeTable attributes={resource.attributes} filter={filter} scope="resource" />
        {resource.schema_url !== '' && <p className="dim">{t('detail.schemaUrl')}: {resource.schema_url}</p>}
      </Section>
      {scope.name !== '' && (
        <Section title={t('detail.scope')} count={scope.attributes.length}>
          <dl className="overview">
            <Fact name={t('detail.scopeName')}>{scope.name}</Fact>
            {scope.version !== '' && <Fact name={t('detail.scopeVersion')}>{scope.version}</Fact>}
            {scope.schema_url !== '' && <Fact name={t('detail.schemaUrl')}>{scope.schema_url}</Fact>}
          </dl>
          {scope.attributes.length > 0 && <AttributeTable attributes={scope.attributes} filter={filter} />}
        </Section>
      )}
    </>
  )
}

function Section(props: { title: string; count: number; dropped?: number; open?: boolean; children: ReactNode }): ReactElement {
  const t = useT()
  return (
    <details className="section" open={props.open}>
      <summary>
        {props.title} <span className="dim">{props.count > 0 ? props.count : ''}</span>
        {props.dropped ? <span className="dropped">▲ {t('detail.dropped', { count: props.dropped })}</span> : null}
      </summary>
      {props.children}
    </details>
  )
}

function EventView({ event, startNs }: { event: SpanEvent; startNs: bigint }): ReactElement {
  const t = useT()
  return (
    <div className="event">
      <p>
        <strong>{event.name}</strong> <span className="dim">+{formatDuration(Number(BigInt(event.time_ns) - startNs))}</span>
        {event.dropped_attributes > 0 && <span className="dropped">▲ {t('detail.dropped', { count: event.dropped_attributes })}</span>}
      </p>
      {event.attributes.length > 0 && <AttributeTable attributes={event.attributes} />}
    </div>
  )
}

function LinkView({ link, id }: { link: SpanLink; id: string }): ReactElement {
  const t = useT()
  return (
    <div className="event">
      <p>
        <Link href={`/trace/${link.trace_id}?span=${link.span_id}`} className="mono">
          {link.trace_id === id ? `${t('detail.thisTrace')} / ${link.span_id}` : `${link.trace_id} / ${link.span_id}`}
        </Link>
      </p>
      {link.trace_state !== '' && <p className="dim">{t('detail.traceState')}: {link.trace_state}</p>}
      {link.attributes.length > 0 && <AttributeTable attributes={link.attributes} />}
    </div>
  )
}
