// What the pane is made of: blocks that fold, facts, and values that are copied by one click or key.
import type { ComponentChildren, JSX } from 'preact'
import { useId } from 'preact/hooks'
import { useDesk } from '../app/desk'
import { t } from '../app/words'
import { Icon } from '../ui/icons'

interface BlockProps {
  /** By which its being folded is kept. */
  name: string
  title: string
  /** Stands behind the title: what can be done with the whole block. */
  extra?: ComponentChildren
  children: ComponentChildren
}

export function Block({ name, title, extra, children }: BlockProps): JSX.Element {
  const { folds } = useDesk()
  const id = useId()
  const open = !folds.folded.value.has(name)
  return (
    <div class={`block ${name}`}>
      <div class="block-head">
        <h3>
          <button type="button" class="fold" aria-expanded={open} aria-controls={id} onClick={() => folds.toggle(name)}>
            {title}
            <Icon name="down" size={14} />
          </button>
        </h3>
        {open && extra}
      </div>
      <div id={id} hidden={!open}>
        {open && children}
      </div>
    </div>
  )
}

export function Fact({ name, children }: { name: string; children?: ComponentChildren }): JSX.Element | null {
  if (children === undefined || children === null) return null
  return (
    <div>
      <dt class="glance" dir="auto">
        {name}
      </dt>
      <dd>{children}</dd>
    </div>
  )
}

/** A value that is copied by a click on it, or by Enter. */
export function Value({ text }: { text: string }): JSX.Element {
  const { notices } = useDesk()
  return (
    <button type="button" class="value" title={t('copy')} onClick={() => notices.copy(text)}>
      <bdi>{breaking(text)}</bdi>
      <span class="spoken"> {t('copy')}</span>
      <Icon name="copy" size={14} />
    </button>
  )
}

/** A long address breaks behind its @ rather than anywhere. */
function breaking(text: string): ComponentChildren {
  const [name, host] = text.split('@')
  if (!name || !host) return text
  return (
    <>
      {name}@<wbr />
      {text.slice(name.length + 1)}
    </>
  )
}

/** Copies what is not one value. */
export function CopyAll({ text, what }: { text: () => string; what: string }): JSX.Element {
  const { notices } = useDesk()
  const name = `${t('copy')}: ${what}`
  return (
    <button
      type="button"
      class="icon-button small"
      aria-label={name}
      title={t('copy')}
      onClick={() => notices.copy(text())}
    >
      <Icon name="copy" size={14} />
    </button>
  )
}
