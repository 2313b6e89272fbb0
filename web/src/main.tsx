import './theme/tokens.css'
import './kit/kit.css'
import './app/app.css'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Router } from 'wouter'
import { ApiError } from './api/client'
import { App } from './app/app'
import { ErrorBoundary } from './app/error-boundary'
import { loadLanguage } from './i18n/t'
import { usePrefs } from './state/prefs'
import { applyTheme } from './theme/theme'

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      refetchOnWindowFocus: false,
      // A refusal stays one; only an unreachable or overloaded server is asked again.
      retry: (count, error) => count < 2 && error instanceof ApiError && (error.problem.status === 0 || error.problem.status === 503),
    },
  },
})

applyTheme(usePrefs.getState().theme)
await loadLanguage(usePrefs.getState().lang)
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <ErrorBoundary>
      <QueryClientProvider client={queries}>
        <Router base={new URL(document.baseURI).pathname.replace(/\/$/, '')}>
          <App />
        </Router>
      </QueryClientProvider>
    </ErrorBoundary>
  </StrictMode>,
)
