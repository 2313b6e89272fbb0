import { useMemo } from 'react'
import type { TraceLine } from '../api/types'
import { assignSlots, serviceColours } from '../theme/palettes'
import { useTheme } from '../theme/theme'

export type ColourOf = (service: string) => string

/** Colours of the services in the results; those in most traces are sure to differ. */
export function useServiceColours(rows: readonly TraceLine[]): ColourOf {
  const theme = useTheme()
  const slots = useMemo(() => {
    const traces = new Map<string, number>()
    for (const row of rows) {
      if (!row.root) traces.set(row.match.service, (traces.get(row.match.service) ?? 0) + 1)
      for (const { name } of row.services) traces.set(name, (traces.get(name) ?? 0) + 1)
    }
    const names = [...traces.keys()]
    const { slot } = assignSlots(names, [...traces.values()])
    return new Map(names.map((name, i) => [name, slot[i]!]))
  }, [rows])
  return useMemo(() => (service) => serviceColours[theme][slots.get(service) ?? 0]!, [slots, theme])
}
