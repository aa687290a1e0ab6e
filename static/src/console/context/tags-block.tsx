// The tags of a conversation: chips, and a field with completion.
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks'
import type { Conversation, TagUse } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { t } from '../app/words'
import { Icon } from '../ui/icons'
import { Block } from './block'
import { hueOf, longestTag, mostTags, type Offer, offers } from './tags'

export function Tag({ name }: { name: string }): JSX.Element {
  return <bdi class="label-text">{name}</bdi>
}

export function Tags({ row }: { row: Conversation }): JSX.Element {
  const desk = useDesk()
  const field = useRef<HTMLInputElement>(null)
  const online = desk.line.online.value
  const take = (tag: string) => {
    if (!online) return
    void desk.act.tag(row.id, [], [tag])
    // The chip goes, and the focus must not go with it.
    field.current?.focus()
  }
  return (
    <Block name="tags" title={t('context.tags')}>
      {row.tags.length > 0 && (
        <ul class="labels">
          {row.tags.map((tag) => (
            <li key={tag} class="label" style={{ '--hue': hueOf(tag) }}>
              <Tag name={tag} />
              <button
                type="button"
                aria-disabled={!online}
                aria-label={t('tag.remove', { tag })}
                onClick={() => take(tag)}
              >
                <Icon name="close" size={12} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <TagField row={row} field={field} take={take} />
    </Block>
  )
}

interface FieldProps {
  row: Conversation
  field: { current: HTMLInputElement | null }
  take: (tag: string) => void
}

function TagField({ row, field, take }: FieldProps): JSX.Element {
  const desk = useDesk()
  const list = useId()
  const all = useSignal<{ site: string; tags: readonly TagUse[] }>({ site: row.site, tags: [] })
  const typed = useSignal('')
  const at = useSignal(0)
  const open = useSignal(false)
  // Of another site's, which come late, none is offered.
  const known = all.value.site === row.site ? all.value.tags : []
  const online = desk.line.online.value
  const hits = open.value && online ? offers(known, typed.value, row.tags) : []
  const full = row.tags.length >= mostTags

  const ask = () => {
    open.value = true
    // Asked for with each visit: somebody may have made a new one since. What was there before serves until then.
    const { site } = row
    desk.client.call('tags', { site }).then(
      ({ tags }) => {
        all.value = { site, tags }
      },
      () => {},
    )
  }
  const put = (hit: Offer | undefined) => {
    if (!hit) return
    void desk.act.tag(row.id, [hit.name], [])
    typed.value = ''
    at.value = 0
  }
  const key = (e: KeyboardEvent) => {
    if (e.isComposing) return
    if (e.key === 'ArrowDown') at.value = (at.value + 1) % Math.max(1, hits.length)
    else if (e.key === 'ArrowUp') at.value = (at.value - 1 + hits.length) % Math.max(1, hits.length)
    else if (e.key === 'Enter' || (e.key === ',' && typed.value.trim() !== '')) put(hits[at.value])
    else if (e.key === 'Escape' && open.value && hits.length > 0) open.value = false
    else if (e.key === 'Backspace' && typed.value === '' && row.tags.length > 0)
      take(row.tags[row.tags.length - 1] ?? '')
    else return
    e.preventDefault()
    e.stopPropagation()
  }

  const wish = desk.focusOn.value
  useLayoutEffect(() => {
    if (wish?.on !== 'tag') return
    field.current?.focus()
    desk.focusOn.value = undefined
  }, [wish])
  useEffect(() => {
    typed.value = ''
    at.value = 0
  }, [row.id])
  // Who was in the field while there was no connection is offered tags again.
  useEffect(() => {
    if (online && open.peek()) ask()
  }, [online])

  return (
    <div class="label-field">
      <input
        ref={field}
        type="text"
        role="combobox"
        aria-label={t('tag.add')}
        aria-expanded={hits.length > 0}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={hits.length > 0 ? `${list}-${at.value}` : undefined}
        aria-keyshortcuts="t"
        placeholder={t(full ? 'tag.full' : 'tag.add')}
        // Not disabled: who types when the connection is lost keeps the focus, and what he has typed.
        readOnly={full || !online}
        autocomplete="off"
        dir="auto"
        maxLength={longestTag * 2}
        value={typed.value}
        onFocus={ask}
        onBlur={() => (open.value = false)}
        onInput={(e) => {
          typed.value = e.currentTarget.value
          at.value = 0
          open.value = true
        }}
        onKeyDown={key}
      />
      <div class="options" role="listbox" id={list} aria-label={t('context.tags')} hidden={hits.length === 0}>
        {hits.map((hit, i) => (
          <div
            key={hit.name}
            id={`${list}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === at.value}
            onPointerMove={() => (at.value = i)}
            // The field keeps the focus.
            onPointerDown={(e) => e.preventDefault()}
            onClick={() => put(hit)}
            onKeyDown={(e) => e.key === 'Enter' && put(hit)}
          >
            {hit.uses === undefined ? (
              t('tag.new', { tag: hit.name })
            ) : (
              <>
                <span class="label" style={{ '--hue': hueOf(hit.name) }}>
                  <Tag name={hit.name} />
                </span>
                <span class="uses">{hit.uses}</span>
              </>
            )}
          </div>
        ))}
      </div>
    </div>
  )
}
