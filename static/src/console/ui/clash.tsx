// Two texts that were written in one place at the same time, and what can become of them.
import type { ComponentChildren, JSX } from 'preact'
import { wear } from '../../shared/parts'
import { t } from '../app/words'
import looks from './clash.css'

wear(looks)

export interface ClashProps {
  /** Whose change it is, where that is known. */
  name?: string | undefined
  /** The button that was pressed goes with the choice. */
  onTake: (button: HTMLElement) => void
  onKeep: (button: HTMLElement) => void
  /** What one wanted, where that was not another text. */
  keep?: string
  /** Keeps both, where texts can stand one behind the other. */
  onBoth?: () => void
  /** What stands there now; nothing if it was taken away. */
  children?: ComponentChildren
}

/** What somebody else has changed meanwhile, beside what was typed. Neither is lost before a person has said so. */
export function Clash({
  name = '',
  onTake,
  onKeep,
  keep = t('remark.mine'),
  onBoth,
  children,
}: ClashProps): JSX.Element {
  return (
    <div class="clash" role="alert">
      <p>{t('remark.conflict', { name })}</p>
      <div class="clash-theirs">{children || t('remark.emptied')}</div>
      <div class="clash-choices">
        {onBoth && (
          <button type="button" class="primary" onClick={onBoth}>
            {t('remark.both')}
          </button>
        )}
        <button type="button" onClick={(e) => onTake(e.currentTarget)}>
          {t('remark.theirs')}
        </button>
        <button type="button" onClick={(e) => onKeep(e.currentTarget)}>
          {keep}
        </button>
      </div>
    </div>
  )
}
