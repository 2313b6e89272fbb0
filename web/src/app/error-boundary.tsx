import { Component } from 'react'
import type { ReactNode } from 'react'
import { ProblemStrip } from '../kit/problem'

/** Shows what broke a page instead of an empty screen. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: null as unknown }

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error }
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children
    return <main className="page-message"><ProblemStrip error={this.state.error} onRetry={() => location.reload()} /></main>
  }
}
