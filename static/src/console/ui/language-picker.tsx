// Choosing a language: a field that filters, over a list. Names are found in the interface's language and in their own.
import { useComputed, useSignal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { byName, languageName, offered, ownName, plainTag } from '../app/languages'
import { t } from '../app/words'
import { useCombobox } from './combobox'
import { Popover } from './popover'

export interface LanguagePickerProps {
  button: ComponentChildren
  class?: string
  title?: string
  label?: string
  name: string
  chosen?: string
  /** Tags that are not offered. */
  without?: readonly string[]
  disabled?: boolean
  keys?: string
  onChoose: (tag: string) => void
}

export function LanguagePicker(props: LanguagePickerProps): JSX.Element {
  const open = useSignal(false)
  return (
    <Popover {...props} popup="dialog" layer="picker" open={open.value} onOpen={(o) => (open.value = o)}>
      {(close) => (
        <Choose
          {...props}
          onChoose={(tag) => {
            close()
            props.onChoose(tag)
          }}
        />
      )}
    </Popover>
  )
}

/** By their names, the languages whose tag or name, in either language, holds what was typed; one more if that is itself a tag. */
export function find(typed: string, without: readonly string[]): string[] {
  const looked = typed.trim().toLowerCase()
  const tags = byName(
    offered.filter((tag) => !without.includes(tag)),
    languageName,
  )
  if (looked === '') return tags
  const hits = tags.filter((tag) =>
    [tag, languageName(tag), ownName(tag)].some((n) => n.toLowerCase().includes(looked)),
  )
  const begins = (tag: string) => languageName(tag).toLowerCase().startsWith(looked) || tag.toLowerCase() === looked
  return [...hits.filter(begins), ...hits.filter((tag) => !begins(tag))]
}

function Choose({ name, chosen: tag = '', without = [], onChoose }: LanguagePickerProps): JSX.Element {
  const chosen = plainTag(tag)
  const typed = useSignal('')
  const hits = useComputed(() => find(typed.value, without))
  const { id, option, at, keys } = useCombobox(
    Math.max(0, find('', without).indexOf(chosen)),
    () => hits.value.length,
    (i) => {
      const tag = hits.value[i]
      if (tag) onChoose(tag)
    },
  )
  return (
    <>
      <input
        data-first
        type="text"
        role="combobox"
        aria-label={name}
        aria-expanded="true"
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={hits.value.length ? option(at.value) : undefined}
        placeholder={t('picker.search')}
        autocomplete="off"
        spellcheck={false}
        value={typed.value}
        onInput={(e) => {
          typed.value = e.currentTarget.value
          at.value = 0
        }}
        onKeyDown={keys}
      />
      <div role="listbox" id={id} aria-label={name} class="options">
        {hits.value.map((tag, i) => (
          <div
            key={tag}
            id={option(i)}
            role="option"
            tabIndex={-1}
            aria-selected={i === at.value}
            class={tag === chosen ? 'chosen' : undefined}
            onPointerMove={() => (at.value = i)}
            onClick={() => onChoose(tag)}
            onKeyDown={keys}
          >
            <span>{languageName(tag)}</span>
            <span class="own-name" lang={tag} dir="auto">
              {ownName(tag)}
            </span>
          </div>
        ))}
      </div>
      {hits.value.length === 0 && <p class="none">{t('picker.none', { text: typed.value.trim() })}</p>}
    </>
  )
}
