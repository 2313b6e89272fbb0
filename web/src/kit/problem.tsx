import type { ReactElement } from 'react'
import { ApiError } from '../api/client'
import { useT } from '../i18n/t'

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Why something could not be shown, and a way to try again. */
export function ProblemStrip({ error, onRetry }: { error: unknown; onRetry?: () => void }): ReactElement {
  const t = useT()
  const problem = error instanceof ApiError ? error.problem : null
  const where = problem?.position === undefined ? '' : ` (${t('results.errorAt', { position: problem.position + 1 })})`
  const text = problem?.code === 'unreachable' ? t('app.unreachable') : messageOf(error) + where
  return (
    <div className="strip error" role="alert">
      <span aria-hidden="true">✕</span>
      <span className="grow">{text}</span>
      {onRetry && <button type="button" className="button" onClick={onRetry}>{t('app.retry')}</button>}
    </div>
  )
}
