// A layer that hangs from a button: menus, pickers. The browser's own popover gives the top layer, Esc and a click outside.
import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'

/** Space kept between a layer and its button, and the edge of the window, in CSS pixels. */
const gap = 6
const edge = 8

export interface PopoverProps {
  /** What stands in the button. */
  button: ComponentChildren
  /** The button's name, where its content does not say it. */
  label?: string
  title?: string
  class?: string
  layer?: string
  /** What the layer is to a screen reader. */
  popup: 'menu' | 'dialog' | 'listbox'
  /** Name of the layer. */
  name: string
  disabled?: boolean
  children: (close: () => void) => ComponentChildren
  /** Mounted only while open, so that what is in it begins afresh. */
  open: boolean
  onOpen: (open: boolean) => void
  keys?: string
}

export function Popover(props: PopoverProps): JSX.Element {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const layer = useRef<HTMLDivElement>(null)
  const close = () => {
    layer.current?.hidePopover()
    button.current?.focus()
  }
  // A window that changes its size moves the button: by a frame later, when what else depends on the size has been drawn anew.
  useEffect(() => {
    if (!props.open) return
    const again = () =>
      requestAnimationFrame(() => button.current && layer.current && put(button.current, layer.current))
    addEventListener('resize', again)
    return () => removeEventListener('resize', again)
  }, [props.open])
  return (
    <>
      <button
        ref={button}
        type="button"
        class={props.class}
        disabled={props.disabled}
        aria-label={props.label}
        title={props.title}
        aria-haspopup={props.popup}
        aria-expanded={props.open}
        aria-keyshortcuts={props.keys}
        popovertarget={id}
      >
        {props.button}
      </button>
      <div
        ref={layer}
        id={id}
        popover="auto"
        {...(props.popup === 'dialog' && { role: 'dialog', 'aria-label': props.name })}
        class={`layer ${props.layer ?? ''}`}
        onToggle={(e) => {
          const open = e.newState === 'open'
          props.onOpen(open)
          if (open && button.current && layer.current) place(button.current, layer.current)
        }}
      >
        {props.open && props.children(close)}
      </div>
    </>
  )
}

/** Puts the layer where it belongs and the focus into it. */
export function place(button: HTMLElement, layer: HTMLElement): void {
  // What is in the layer is drawn after this event; the place depends on its size.
  requestAnimationFrame(() => {
    put(button, layer)
    layer.dataset.placed = ''
    const first =
      layer.querySelector<HTMLElement>('[data-first]') ??
      layer.querySelector<HTMLElement>('[role=menuitem], [role=menuitemradio], input, button')
    first?.focus()
  })
}

/** Below its button, or above where there is no room, inside the window in either direction of writing. */
function put(button: HTMLElement, layer: HTMLElement): void {
  const b = button.getBoundingClientRect()
  const l = layer.getBoundingClientRect()
  const below = b.bottom + gap + l.height <= innerHeight - edge
  const top = below ? b.bottom + gap : Math.max(edge, b.top - gap - l.height)
  const rtl = getComputedStyle(button).direction === 'rtl'
  const start = rtl ? b.right - l.width : b.left
  const left = Math.min(Math.max(edge, start), Math.max(edge, innerWidth - edge - l.width))
  layer.style.top = `${top}px`
  layer.style.left = `${left}px`
}
