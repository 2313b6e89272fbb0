import { Component } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { useT } from '../i18n/t'
import { ProblemStrip } from '../kit/problem'

/** Shows what broke a page instead of an empty screen. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: null as unknown }

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error }
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children
    return <Crash error={this.state.error} />
  }
}

function Crash({ error }: { error: unknown }): ReactElement {
  const t = useT()
  return (
    <main className="page-message">
      <p>{t('app.crash')}</p>
      <ProblemStrip error={error} onRetry={() => location.reload()} />
    </main>
  )
}
