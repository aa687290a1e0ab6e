// Icons of our own on a grid of 24, drawn with one stroke. They are decoration: the control that holds one has a name. All of these are in the widget's
// first file; what only the console shows stands in console/ui/icons.tsx.
import type { JSX } from 'preact'

const paths = {
  chat: 'M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H11l-4.6 3.7c-.4.3-.9 0-.9-.5V16A1.5 1.5 0 0 1 4 14.5z',
  send: 'M12 19V5M5.5 11.5 12 5l6.5 6.5',
  close: 'M6 6l12 12M18 6 6 18',
  back: 'M14.5 6l-6 6 6 6',
  forward: 'M9.5 6l6 6-6 6',
  arrowDown: 'M12 5v14M5.5 12.5 12 19l6.5-6.5',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  clock: 'M12 7.5V12l3 2M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0z',
  alert: 'M12 8v4.5M12 16v.1M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0z',
  globe:
    'M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0zM3.8 12h16.4M12 3.5c2.4 2.3 3.6 5.1 3.6 8.5s-1.2 6.2-3.6 8.5c-2.4-2.3-3.6-5.1-3.6-8.5s1.2-6.2 3.6-8.5z',
  translate: 'M4 6h9M8.5 4v2M11 6c-.9 3.4-3 6-6.5 7.5M6 9c1.2 2.2 3 3.7 5.5 4.5M12.5 20l4-9.5 4 9.5M14 17h5',
  more: 'M5.5 12v.1M12 12v.1M18.5 12v.1',
  search: 'M16 16l4 4M18 11a7 7 0 1 1-14 0 7 7 0 0 1 14 0z',
  box: 'M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8',
  returns: 'M9 7 4.5 11.5 9 16M4.5 11.5H15a4.5 4.5 0 0 1 0 9h-3',
  question:
    'M9.2 9.3c0-1.6 1.3-2.8 2.9-2.8s2.8 1.1 2.8 2.6c0 2.3-2.9 2.4-2.9 4.7M12 17.4v.1M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0z',
  person: 'M15.8 8.2a3.8 3.8 0 1 1-7.6 0 3.8 3.8 0 0 1 7.6 0zM4.5 20c.7-3.6 3.5-5.5 7.5-5.5s6.8 1.9 7.5 5.5',
  attach: 'M19.5 11.5 12 19a4.6 4.6 0 0 1-6.5-6.5l7.8-7.8a3.1 3.1 0 0 1 4.4 4.4l-7.8 7.8a1.5 1.5 0 0 1-2.2-2.2l7.2-7.1',
} as const

export type IconName = keyof typeof paths

/** Icons that point along the line of text are mirrored where it runs from right to left. */
const directed: ReadonlySet<IconName> = new Set(['back', 'forward', 'returns', 'chat'])

export function Icon({ name, size = 20 }: { name: IconName; size?: number }): JSX.Element {
  const kind = directed.has(name) ? 'icon directed' : name === 'more' ? 'icon dotted' : 'icon'
  return <Drawing path={paths[name]} kind={kind} size={size} />
}

/** An icon that is not one of those above, because only a part of the program needs it. */
export function Drawing({
  path,
  kind = 'icon',
  size = 20,
}: {
  path: string
  kind?: string
  size?: number
}): JSX.Element {
  return (
    <svg class={kind} viewBox="0 0 24 24" width={size} height={size} aria-hidden="true" focusable="false">
      <path d={path} />
    </svg>
  )
}
