// What the list above the box shows: the replies that fit, and the chosen one whole.
import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { wear } from '../../shared/parts'
import { useDesk } from '../app/desk'
import { languageName, sameLanguage } from '../app/languages'
import { t } from '../app/words'
import { Marked } from '../thread/marked'
import { Icon } from '../ui/icons'
import { type CannedHit, openIn } from './canned'
import looks from './canned.css'
import type { CannedMenu } from './canned-menu'

wear(looks)

export default function CannedList({
  menu,
  text = '',
}: {
  menu: CannedMenu | 'none' | 'unfit'
  text?: string
}): JSX.Element {
  return typeof menu === 'string' ? <None unfit={menu === 'unfit' ? text : ''} /> : <List menu={menu} />
}

/** Who types a slash and has no such reply is told where they come from, and how the line goes as it is. */
function None({ unfit }: { unfit: string }): JSX.Element {
  const desk = useDesk()
  return (
    <p class="canned-none" role="status">
      {unfit ? t('palette.none', { text: unfit }) : `${t('empty.canned.title')}.`} {t('canned.twice')}{' '}
      <button type="button" class="link" onClick={() => desk.go('canned')}>
        {t('canned')}
      </button>
    </p>
  )
}

function List({ menu }: { menu: CannedMenu }): JSX.Element {
  const list = useRef<HTMLDivElement>(null)
  // The pointer is where it is: what it points at is in sight, and must not move under it.
  const pointed = useRef(-1)
  useLayoutEffect(() => {
    if (pointed.current !== menu.at) list.current?.children[menu.at]?.scrollIntoView({ block: 'nearest' })
    pointed.current = -1
  }, [menu.at])
  const hit = menu.hits[menu.at]
  return (
    <>
      <div ref={list} class="options canned" role="listbox" id={menu.listId} aria-label={t('canned')}>
        {menu.hits.map((hit, i) => (
          <div
            key={hit.name}
            id={`${menu.listId}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === menu.at}
            onPointerMove={() => {
              if (i === menu.at) return
              pointed.current = i
              menu.point(i)
            }}
            // The box keeps the focus.
            onPointerDown={(e) => e.preventDefault()}
            onClick={() => menu.choose(hit)}
            onKeyDown={(e) => e.key === 'Enter' && menu.choose(hit)}
          >
            <bdi class="canned-name">/{hit.name}</bdi>
            <span class="canned-text glance" dir="auto" lang={hit.language} translate={false}>
              {hit.text}
            </span>
            {hit.approved !== undefined && openIn(hit.approved).length === 0 && (
              <span class="tag">
                <Icon name="check" size={14} /> {t('canned.approved')}
              </span>
            )}
          </div>
        ))}
      </div>
      {hit && <Both hit={hit} customer={menu.customer} />}
    </>
  )
}

/** The chosen reply whole, in the agent's language and in the customer's. */
function Both({ hit, customer }: { hit: CannedHit; customer: string }): JSX.Element {
  return (
    <div class="canned-both">
      <Side text={hit.text} language={hit.language} />
      {hit.approved !== undefined ? (
        <Side text={hit.approved} language={customer} />
      ) : (
        !sameLanguage(hit.language, customer) && (
          <p class="preview-none">{t('canned.translated', { language: languageName(customer) })}</p>
        )
      )}
    </div>
  )
}

function Side({ text, language }: { text: string; language: string }): JSX.Element {
  return (
    <div>
      <span class="second-label">{languageName(language)}</span>
      <p class="glance" lang={language} dir="auto" translate={false}>
        {text.split(/(\{(?:name|order|agent)\})/).map((part, i) =>
          i % 2 ? (
            <mark key={i} class="open-variable">
              {part}
            </mark>
          ) : (
            <Marked key={i} text={part} />
          ),
        )}
      </p>
    </div>
  )
}
