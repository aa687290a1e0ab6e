import type { Signal } from '@preact/signals'

/** Follows a media query; the widths are those of app.css. */
export function watch(query: string, into: Signal<boolean>): () => void {
  const media = matchMedia(query)
  const measure = () => (into.value = media.matches)
  measure()
  media.addEventListener('change', measure)
  return () => media.removeEventListener('change', measure)
}
