// A moment of one's own choosing: the browser's field for a date and a time, and a button.
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useId } from 'preact/hooks'
import { useDesk } from '../app/desk'
import { fieldMin, fieldMoment, fieldValue } from './times'

export interface MomentFormProps {
  label: string
  button: string
  /** What stands in the field at first. */
  chosen?: string | undefined
  onChoose: (at: Date) => void
}

export function MomentForm({ label, button, chosen, onChoose }: MomentFormProps): JSX.Element {
  const desk = useDesk()
  const id = useId()
  const value = useSignal(chosen ? fieldValue(new Date(chosen)) : '')
  const now = desk.minute.value
  const at = fieldMoment(value.value, now)
  return (
    <form
      class="moment-form"
      onSubmit={(e) => {
        e.preventDefault()
        if (at) onChoose(at)
      }}
    >
      <label for={id}>{label}</label>
      <input
        id={id}
        type="datetime-local"
        min={fieldMin(now)}
        value={value.value}
        onInput={(e) => (value.value = e.currentTarget.value)}
      />
      <button type="submit" disabled={!at}>
        {button}
      </button>
    </form>
  )
}
