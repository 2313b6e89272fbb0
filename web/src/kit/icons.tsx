// Line icons, 16 px, in the colour of the text around them. The text beside or the label of the button says what they mean.
import type { ReactElement } from 'react'

const paths = {
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9ZM10.3 10.3 14 14',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  copy: 'M5.5 5.5h8v8h-8ZM10.5 5.5v-3h-8v8h3',
  check: 'M3 8.5l3.2 3.2L13 4.8',
  up: 'M3.5 10.5 8 6l4.5 4.5',
  down: 'M3.5 5.5 8 10l4.5-4.5',
  link: 'M6.5 9.5l3-3M7.5 4.5 9 3a2.5 2.5 0 0 1 4 4l-1.5 1.5M8.5 11.5 7 13a2.5 2.5 0 0 1-4-4l1.5-1.5',
  export: 'M8 10V2.5M5 5l3-3 3 3M2.5 10.5v3h11v-3',
  help: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM6.2 6.3A1.9 1.9 0 0 1 8 5c1 0 1.9.7 1.9 1.7 0 1.3-1.9 1.5-1.9 2.7M8 11.4v.1',
  sun: 'M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6ZM8 1.5v1.4M8 13.1v1.4M1.5 8h1.4M13.1 8h1.4M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1',
  moon: 'M13 9.6A5.6 5.6 0 0 1 6.4 3 5.6 5.6 0 1 0 13 9.6Z',
  auto: 'M8 2.5a5.5 5.5 0 1 1 0 11ZM8 2.5a5.5 5.5 0 0 0 0 11',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.8V8l2.2 1.6',
  expandLevel: 'M2.5 3.5h11M5.5 8h8M8 12.5h5.5M2 6.2l1.6 1.8L2 9.8',
  collapseLevel: 'M2.5 3.5h11M5.5 8h8M8 12.5h5.5M3.8 6.2 2.2 8l1.6 1.8',
  expandAll: 'M4 6l4 4 4-4M4 2.5l4 4 4-4M3 13.5h10',
  collapseAll: 'M4 6.5l4-4 4 4M4 10.5l4-4 4 4M3 13.5h10',
  fit: 'M2.5 3v10M13.5 3v10M5 8h6M6.5 6.2 4.8 8l1.7 1.8M9.5 6.2 11.2 8 9.5 9.8',
  reload: 'M13 8a5 5 0 1 1-1.5-3.6M13.2 2.2v2.9h-2.9',
} as const

export type IconName = keyof typeof paths

export function Icon({ name }: { name: IconName }): ReactElement {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.4"
      strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  )
}
