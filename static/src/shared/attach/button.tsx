import type { ComponentChildren, JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { accept } from './box'

export interface AttachButtonProps {
  class: string
  label: string
  add: (files: File[]) => void
  /** Somebody seems to want it. */
  soon?: () => void
  children: ComponentChildren
}

/** The button that brings files. */
export function AttachButton({ class: looks, label, add, soon, children }: AttachButtonProps): JSX.Element {
  const field = useRef<HTMLInputElement>(null)
  return (
    <>
      <button
        type="button"
        class={looks}
        aria-label={label}
        title={label}
        {...(soon && { onPointerEnter: soon, onFocus: soon })}
        onClick={() => field.current?.click()}
      >
        {children}
      </button>
      <input
        ref={field}
        type="file"
        hidden
        multiple
        accept={accept}
        onChange={(e) => {
          add([...(e.currentTarget.files ?? [])])
          // The same file may be chosen again.
          e.currentTarget.value = ''
        }}
      />
    </>
  )
}
