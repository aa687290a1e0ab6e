// Icons that only files need, on the grid of the others.
import type { JSX } from 'preact'
import { Drawing } from '../icons'

const paths = {
  file: 'M6 3.5h8l4.5 4.5v12.5H6zM14 3.5V8h4.5M9 12.5h6M9 16h6',
  download: 'M12 4v11M6.5 10 12 15.5 17.5 10M5 19.5h14',
  retry: 'M19.5 12a7.5 7.5 0 1 1-2.2-5.3M19.5 4v4h-4',
  outside: 'M18.5 13.5v5h-13v-13h5M14 4.5h5.5V10M19 5l-8 8',
} as const

export function Mark({ name, size = 20 }: { name: keyof typeof paths; size?: number }): JSX.Element {
  return <Drawing path={paths[name]} size={size} />
}
