import { expect, it } from 'vitest'
import { KeptSearches, newSearch } from '../../src/search/kept-searches'

it('keeps the ten last searches', () => {
  const kept = new KeptSearches()
  const searches = Array.from({ length: 11 }, () => newSearch({ limit: 1 }))
  for (const search of searches.slice(0, 10)) kept.keep(search)
  kept.keep(searches[0]!)
  kept.keep(searches[10]!)
  expect(searches.map((search) => kept.find(search.name) === search)).toEqual(searches.map((_, i) => i !== 1))
  kept.forget(searches[0]!.name)
  expect(kept.find(searches[0]!.name)).toBeUndefined()
})
