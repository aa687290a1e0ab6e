// A menu that hangs from a button. Arrow keys, Home, End and first letters move; Enter and Space choose; Esc leaves.
import { useSignal } from '@preact/signals'
import type { ComponentChildren, JSX, TargetedKeyboardEvent } from 'preact'
import { Popover } from './popover'

export interface Choice {
  key: string
  text: string
  /** A second line, smaller. */
  hint?: string
  icon?: ComponentChildren
  /** Given for one-of-several: whether this is the one. */
  checked?: boolean
  disabled?: boolean
  run: () => void
}

export interface MenuProps {
  button: ComponentChildren
  label?: string
  title?: string
  class?: string
  name: string
  disabled?: boolean
  choices: Choice[]
  keys?: string
  /** What stands below the choices and is no choice: a field. */
  foot?: (close: () => void) => ComponentChildren
}

export function Menu(props: MenuProps): JSX.Element {
  const open = useSignal(false)
  return (
    <Popover
      {...props}
      popup={props.foot ? 'dialog' : 'menu'}
      layer="menu"
      open={open.value}
      onOpen={(o) => (open.value = o)}
    >
      {(close) => (
        <>
          <div role="menu" aria-label={props.name} onKeyDown={move}>
            {props.choices.map((c) => (
              <button
                key={c.key}
                type="button"
                {...(c.checked === undefined
                  ? { role: 'menuitem' }
                  : { role: 'menuitemradio', 'aria-checked': c.checked })}
                disabled={c.disabled}
                tabIndex={-1}
                onClick={() => {
                  close()
                  c.run()
                }}
              >
                {c.icon}
                <span class="choice">
                  {c.text}
                  {c.hint && <small>{c.hint}</small>}
                </span>
              </button>
            ))}
          </div>
          {props.foot?.(close)}
        </>
      )}
    </Popover>
  )
}

function move(e: TargetedKeyboardEvent<HTMLElement>): void {
  const items = [...e.currentTarget.querySelectorAll<HTMLElement>('[role^=menuitem]:not(:disabled)')]
  const at = items.indexOf(document.activeElement as HTMLElement)
  let to = -1
  if (e.key === 'ArrowDown') to = (at + 1) % items.length
  else if (e.key === 'ArrowUp') to = (at - 1 + items.length) % items.length
  else if (e.key === 'Home') to = 0
  else if (e.key === 'End') to = items.length - 1
  else if (e.key.length === 1 && !e.ctrlKey && !e.metaKey && !e.altKey) {
    const letter = e.key.toLowerCase()
    const from = [...items.slice(at + 1), ...items.slice(0, at + 1)]
    to = items.indexOf(
      from.find((i) => i.textContent?.trim().toLowerCase().startsWith(letter)) ?? (items[at] as HTMLElement),
    )
  } else return
  e.preventDefault()
  e.stopPropagation()
  items[to]?.focus()
}
