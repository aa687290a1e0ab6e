import type { JSX } from 'preact'

/** The mark: two speech bubbles that share a corner, one talk in two tongues. */
export function Mark({ size = 28 }: { size?: number }): JSX.Element {
  return (
    <svg class="logo" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path
        class="logo-a"
        d="M4 9a5 5 0 0 1 5-5h9a5 5 0 0 1 5 5v5a5 5 0 0 1-5 5h-6.5L6.3 23c-.5.4-1.2 0-1.2-.6V17.5A5 5 0 0 1 4 14z"
      />
      <path
        class="logo-b"
        d="M14.5 21.5H18A7.5 7.5 0 0 0 25.5 14v-1.4A5 5 0 0 1 28 17v4.5c0 1.4-.5 2.6-1.3 3.5v3.4c0 .6-.7 1-1.200.6L21.5 26H18a5 5 0 0 1-3.5-4.5z"
      />
    </svg>
  )
}
