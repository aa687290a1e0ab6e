// The key that does what a control does, beside its name; nothing where single keys are switched off, for then it does nothing.
import type { JSX } from 'preact'
import { useDesk } from '../app/desk'

export function SingleKey({ name }: { name: string }): JSX.Element | null {
  return useDesk().settings.singleKeys.value === 'on' ? <kbd>{name}</kbd> : null
}
