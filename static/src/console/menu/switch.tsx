import type { JSX } from 'preact'

interface SwitchProps {
  on: boolean
  text: string
  hint: string
  set: (on: boolean) => void
}

export function Switch({ on, text, hint, set }: SwitchProps): JSX.Element {
  return (
    <label class="switch-row">
      <input
        type="checkbox"
        role="switch"
        checked={on}
        aria-checked={on}
        onChange={(e) => set(e.currentTarget.checked)}
      />
      <span>
        {text}
        <small>{hint}</small>
      </span>
    </label>
  )
}
