import type { ComponentChildren } from 'preact'

/** One of our own texts with *stressed* words; there the asterisks may touch letters, as a preposition does in Arabic. */
export function Strong({ text }: { text: string }): ComponentChildren {
  return <span>{text.split('*').map((part, i) => (i % 2 ? <strong key={part}>{part}</strong> : part))}</span>
}
