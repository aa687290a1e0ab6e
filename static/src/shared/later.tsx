import type { JSX } from 'preact'
import { useLayoutEffect } from 'preact/hooks'
import type { Part, Parts } from './parts'

type Whole<P> = { default: (props: P) => JSX.Element | null }

/** A component whose code comes later; `part` tells whether it is there, and fetches it. */
export type Later<P> = ((props: P) => JSX.Element | null) & { readonly part: Part<Whole<P>> }

/**
 * A component that comes when it is first drawn, from a module of its own (its default export). Until then nothing stands in its place.
 *
 *     export const Menu = later(parts, 'menu', () => import('./menu'))
 */
export function later<P extends object>(parts: Parts, name: string, load: () => Promise<Whole<P>>): Later<P> {
  const part = parts.part(name, load)
  const Later = (props: P) => {
    const Whole = part.module.value?.default
    useLayoutEffect(() => parts.want(part), [])
    return Whole ? <Whole {...props} /> : null
  }
  return Object.assign(Later, { part })
}
