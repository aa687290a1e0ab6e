// Icons that only the console has, on the same grid as the shared ones.
import type { JSX } from 'preact'
import { checks } from '../../shared/drawings/log'
import { keyboard, mute, sound } from '../../shared/drawings/menu'
import { Drawing, type IconName as Shared, Icon as SharedIcon } from '../../shared/icons'

const own = {
  checks,
  keyboard,
  mute,
  sound,
  copy: 'M9 8.5h10v11H9zM15 8.5v-4H5v11h4',
  down: 'M6 9.5l6 6 6-6',
  up: 'M6 14.5l6-6 6 6',
  eye: 'M3.5 12s3-6 8.5-6 8.5 6 8.5 6-3 6-8.5 6-8.5-6-8.5-6zM12 14.5a2.5 2.5 0 1 0 0-5 2.500 2.500 0 0 0 0 5z',
  inbox:
    'M4 13.5 6.4 5.6A1.5 1.5 0 0 1 7.8 4.5h8.4a1.5 1.5 0 0 1 1.4 1.1L20 13.5V18a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18zM4 13.5h4.5l1.2 2.5h4.6l1.2-2.5H20',
  night: 'M19.5 14.2A8 8 0 0 1 9.8 4.5a8 8 0 1 0 9.7 9.7z',
  note: 'M5 4.5h14v10l-5 5H5zM14 19.5v-5h5M8.5 9h7M8.5 12.5h4',
  snooze: 'M12 7.5V12l-3 2M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0z',
  pin: 'M9 4h6l-.8 6 3.3 3H6.5l3.3-3zM12 13v7',
  edit: 'M5 19l1-4L16.5 4.5l3 3L9 18z',
  logout: 'M10 4.5H6A1.5 1.5 0 0 0 4.5 6v12A1.5 1.5 0 0 0 6 19.5h4M15 8l4 4-4 4M19 12H9.5',
  panel: 'M4 5h16v14H4zM14.5 5v14',
  take: 'M9.5 11.5a3.6 3.6 0 1 0 0-7.2 3.6 3.6 0 0 0 0 7.2zM3 19.5c.5-3.3 3-5.2 6.5-5.2 1.3 0 2.500.3 3.500.8M17.5 13.5v6M14.5 16.5h6',
  below: 'M4.5 6h15M4.5 9.5h10M4.5 14.5h15M4.5 18h7',
  beside: 'M4 6.5h6.5M4 10.5h6.5M4 14.5h4M13.5 6.5H20M13.5 10.5H20M13.5 14.5h4.5',
  hidden: 'M4.5 8h15M4.5 12h15M4.5 16h8',
  reopen: 'M4.5 12a7.5 7.5 0 1 0 2.2-5.3M4.5 4v4h4',
  wake: 'M12 8v4.5l3 1.8M20 12a8 8 0 1 1-16 0 8 8 0 0 1 16 0zM4 4.8 6 3.2M20 4.8l-2-1.6',
  plus: 'M12 5.5v13M5.5 12h13',
  offline:
    'M4 9.5a12.5 12.5 0 0 1 4-2.6M20 9.5a12.5 12.5 0 0 0-7-3.4M7 13.3a7.5 7.5 0 0 1 2.8-1.8M17 13.3a7.5 7.5 0 0 0-1.5-1.2M12 18v.1M4 4l16 16',
  shield: 'M12 3.5 5.5 6v5.5c0 4.2 2.7 7 6.5 9 3.8-2 6.5-4.8 6.5-9V6zM9 12l2.2 2.2 4-4.2',
  to: 'M5 12h14M14 7l5 5-5 5',
  bolt: 'M13 3.5 5.5 13.5H11l-1 7 7.5-10H12z',
  book: 'M5 5.5A1.5 1.5 0 0 1 6.5 4H19v13H6.5A1.5 1.5 0 0 0 5 18.5zM5 18.5A1.5 1.5 0 0 0 6.5 20H19v-3M9 8h6',
  stack: 'M12 4l8 4-8 4-8-4zM4 12l8 4 8-4M4 16l8 4 8-4',
  bring: 'M12 15V4.5M7.5 9 12 4.5 16.5 9M4.5 15v3.5A1.5 1.5 0 0 0 6 20h12a1.5 1.5 0 0 0 1.5-1.5V15',
  fetch: 'M12 4.5V15M7.5 10.5 12 15l4.5-4.5M4.5 15v3.5A1.5 1.5 0 0 0 6 20h12a1.5 1.5 0 0 0 1.5-1.5V15',
  trash: 'M5 7h14M9.5 7V4.5h5V7M7 7l1 12.5h8L17 7',
  sliders: 'M4 7.5h9M17 7.5h3M4 16.5h3M11 16.5h9M15 5.5v4M9 14.5v4',
} as const

export type IconName = Shared | keyof typeof own

/** Those that point along the line of text. */
const directed: ReadonlySet<IconName> = new Set(['to', 'logout', 'panel', 'mute', 'sound'])

export function Icon({ name, size = 18 }: { name: IconName; size?: number }): JSX.Element {
  if (!(name in own)) return <SharedIcon name={name as Shared} size={size} />
  const kind = directed.has(name) ? 'icon directed' : 'icon'
  return <Drawing path={own[name as keyof typeof own]} kind={kind} size={size} />
}
