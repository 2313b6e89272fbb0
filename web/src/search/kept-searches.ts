// The searches of this tab that have been answered, one for an entry of its history, so that coming back to one shows what
// was there instead of asking again. A reload forgets them.
import type { SearchRequest } from '../api/types'
import type { SearchState } from './use-search'

export interface Search {
  /** Stands in the history entry; never given twice, not even after a reload. */
  readonly name: string
  readonly request: SearchRequest
  /** What came, once all of it has. */
  answer: SearchState | null
  /** Where in the list the viewer is; written as they move. `row` is -1 for none. */
  readonly place: { top: number; row: number }
}

export const newSearch = (request: SearchRequest): Search => (
  { name: Math.random().toString(36).slice(2), request, answer: null, place: { top: 0, row: -1 } })

const capacity = 10

export class KeptSearches {
  private readonly searches = new Map<string, Search>()

  find(name: string): Search | undefined {
    return this.searches.get(name)
  }

  keep(search: Search): void {
    this.searches.delete(search.name)
    this.searches.set(search.name, search)
    const [oldest] = this.searches.keys()
    if (this.searches.size > capacity) this.searches.delete(oldest!)
  }

  forget(name: string): void {
    this.searches.delete(name)
  }
}
