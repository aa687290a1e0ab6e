// A moment of one's own choosing: the browser's field for a date and a time, and a button.
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useId, useMemo } from 'preact/hooks'
import { useDesk } from '../app/desk'
import { fieldHour, fieldMin, fieldMoment, fieldValue } from './times'

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
  const now = desk.minute.value
  // Something stands there from the first: an empty field wants the year as well. And it stays: browsers forget what is half typed when the bounds change.
  const first = useMemo(() => fieldMin(now), [])
  const value = useSignal(chosen ? fieldValue(new Date(chosen)) : fieldHour(now))
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
        min={first}
        value={value.value}
        onInput={(e) => (value.value = e.currentTarget.value)}
      />
      <button type="submit" disabled={!at}>
        {button}
      </button>
    </form>
  )
}
