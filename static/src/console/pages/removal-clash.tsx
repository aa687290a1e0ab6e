// What was to be removed is not what it was any more: what it has become, and whether it is to go all the same.
import type { ComponentChildren, JSX } from 'preact'
import { t } from '../app/words'
import { Dialog, DialogClash } from './dialog'

export interface RemovalClashProps {
  name: string
  /** Who has changed it, where that is known. */
  by?: string | undefined
  onStay: () => void
  onRemove: () => void
  /** What stands there now. */
  children: ComponentChildren
}

export function RemovalClash({ name, by, onStay, onRemove, children }: RemovalClashProps): JSX.Element {
  return (
    <Dialog title={<bdi>{name}</bdi>} onClose={onStay}>
      <DialogClash name={by} keep={t('place.remove')} onTake={onStay} onKeep={onRemove}>
        {children}
      </DialogClash>
    </Dialog>
  )
}
