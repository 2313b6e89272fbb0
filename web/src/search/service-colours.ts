import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api } from '../api/client'
import { assignSlots, serviceColours, slotOf } from '../theme/palettes'
import { useTheme } from '../theme/theme'

export type ColourOf = (service: string) => string

/** Colours of the services that are known; one that is not yet has the colour of its own slot. */
export function useServiceColours(): ColourOf {
  const theme = useTheme()
  const services = useQuery({ queryKey: ['services'], queryFn: ({ signal }) => api.services(signal) }).data?.services
  return useMemo(() => {
    const names = (services ?? []).map((service) => service.name)
    const { slot } = assignSlots(names, (services ?? []).map((service) => service.spans))
    const byName = new Map(names.map((name, i) => [name, slot[i]!]))
    return (service) => serviceColours[theme][byName.get(service) ?? slotOf(service)]!
  }, [services, theme])
}
