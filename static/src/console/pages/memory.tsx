// The translation memory of a site: whole texts with a translation by a person, searched on the server and shown page by page.
import { useComputed, useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useMemo, useRef } from 'preact/hooks'
import { fullTime } from '../../shared/time'
import type { MemoryEntry } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { languageName } from '../app/languages'
import { shortTime, timeLocale } from '../app/times'
import { t } from '../app/words'
import { Icon } from '../ui/icons'
import { LanguageChip } from '../ui/marks'
import { Bring, Export, Import } from './bring'
import { Dialog } from './dialog'
import { type Column, Grid, removing } from './grid'
import { any, LanguageSelect } from './language-select'
import { Pager } from './pager'
import { Find, Head, OnlyAdmins, State, useAdmin, usePlaceSite } from './place'
import { RemovalClash } from './removal-clash'
import { asRead, Rest, siteURL } from './rest'
import { useRemovals, useRowHeight } from './use'

/** What is looked for; from and to are "und" for any. */
interface Query {
  text: string
  from: string
  to: string
}

/** How long the typing rests before the server is asked, in milliseconds. */
const pause = 250

/** Entries of a page. */
const pageSize = 100

type Open = { entry: MemoryEntry; over: DOMRect | undefined } | 'import'

export default function Memory(): JSX.Element {
  const site = usePlaceSite()
  return site ? <SiteMemory key={site} site={site} /> : <Head name="memory" />
}

function SiteMemory({ site }: { site: string }): JSX.Element {
  const desk = useDesk()
  const admin = useAdmin()
  const online = desk.line.online
  const rest = useMemo(() => new Rest(), [])
  const pager = useMemo(() => new Pager<MemoryEntry, Query>((query, after) => fetchPage(rest, site, query, after)), [])
  const query = useSignal<Query>({ text: '', from: any, to: any })
  const {
    removals,
    remove: removeNamed,
    clash,
    stay,
    again,
  } = useRemovals<MemoryEntry>({
    key: (entry) => entry.id,
    ask: (entry, late) => rest.remove(siteURL(site, 'memory', entry.id), late, asRead(entry)),
    gone: (entry) => pager.drop((o) => o.id === entry.id),
    // Its languages never change, and what was changed last comes first, whatever is looked for on the page.
    now: async ({ id, from, to }) => {
      void pager.find(query.peek())
      return (await fetchPage(rest, site, { text: '', from, to }, undefined)).items.find((o) => o.id === id)
    },
  })
  const open = useSignal<Open | undefined>(undefined)
  // A choice is asked for at once, typing when it rests; and again when the connection is back.
  useSignalEffect(() => {
    if (!online.value) return
    const asked = query.value
    const timer = setTimeout(() => void pager.find(asked), asked.text === '' ? 0 : pause)
    return () => clearTimeout(timer)
  })
  const rows = useComputed(() => pager.items.value.filter((e) => !removals.hidden.value.has(e.id)))
  const single = desk.single.value
  const rowHeight = useRowHeight(single ? 112 : 80, single ? 100 : 60)
  const q = query.value
  const narrowed = q.text.trim() !== '' || q.from !== any || q.to !== any
  // An empty memory has nothing to look for. Once there, they stay: who empties the field is still in it.
  const tools = useRef(false)
  tools.current ||= narrowed || rows.value.length > 0

  const remove = (entry: MemoryEntry) => {
    open.value = undefined
    const name = entry.source.length > 40 ? `${entry.source.slice(0, 40)}…` : entry.source
    removeNamed(entry, name)
  }
  const at = (row: number) => rows.value[row] as MemoryEntry
  const wide: Column[] = [
    {
      key: 'source',
      title: t('memory.source'),
      width: 'minmax(15rem, 1fr)',
      cell: (row) => <Side tag={at(row).from} text={at(row).source} />,
    },
    {
      key: 'target',
      title: t('glossary.target'),
      width: 'minmax(15rem, 1fr)',
      cell: (row) => <Side tag={at(row).to} text={at(row).target} />,
    },
    {
      key: 'by',
      title: t('memory.by'),
      width: 'minmax(8rem, 11rem)',
      cell: (row) => (
        <span class="entry-by">
          <bdi class="cut">{at(row).by}</bdi>
          <small class="cut">{t(`memory.origin.${at(row).origin}`)}</small>
        </span>
      ),
    },
    {
      key: 'at',
      title: t('memory.when'),
      width: '7rem',
      cell: (row) => (
        <time dateTime={at(row).at} title={fullTime(at(row).at, timeLocale())}>
          {shortTime(at(row).at, desk.minute.value)}
        </time>
      ),
    },
  ]
  const narrow: Column[] = [
    {
      key: 'source',
      title: t('memory.source'),
      width: 'minmax(0, 1fr)',
      cell: (row) => (
        <span class="stacked">
          <span class="side">
            <Side tag={at(row).from} text={at(row).source} />
          </span>
          <span class="side">
            <Side tag={at(row).to} text={at(row).target} />
          </span>
        </span>
      ),
    },
  ]
  const columns = single ? narrow : wide
  if (admin) columns.push(removing((row) => at(row).source))
  return (
    <section class="place" aria-labelledby="place-title">
      <Head name="memory">
        {tools.current && <Find text={q.text} onText={(text) => (query.value = { ...q, text })} />}
        {tools.current && <Pair query={q} onQuery={(asked) => (query.value = asked)} />}
        <span class="grow" />
        {tools.current && <Export url={siteURL(site, 'memory.tmx')} />}
        {admin && <Import onOpen={() => (open.value = 'import')} />}
      </Head>
      <OnlyAdmins />
      <State
        standing={pager.standing.value}
        fault={pager.fault.value}
        again={() => void pager.find(query.peek())}
        all={narrowed ? 1 : rows.value.length}
        shown={rows.value.length}
        typed={q.text}
        icon="stack"
        title={t('empty.memory.title')}
        text={t('empty.memory.text')}
        action={
          admin && (
            <button type="button" class="primary" disabled={!online.value} onClick={() => (open.value = 'import')}>
              <Icon name="bring" size={16} />
              {t('place.import')}
            </button>
          )
        }
      >
        <Grid
          name={t('key.memory')}
          columns={columns}
          count={rows.value.length}
          keyOf={(row) => at(row).id}
          rowHeight={rowHeight}
          more={pager.more.value ? () => void pager.further() : undefined}
          open={(row, column, cell) => {
            if (column.key === 'remove') remove(at(row))
            else open.value = { entry: at(row), over: cell.closest('tr')?.getBoundingClientRect() }
          }}
        />
        {pager.fault.value && (
          <p class="place-note" role="alert">
            {pager.fault.value}{' '}
            <button type="button" class="link" onClick={() => void pager.further()}>
              {t('again')}
            </button>
          </p>
        )}
      </State>
      {open.value === 'import' && (
        <Bring
          rest={rest}
          url={siteURL(site, 'memory.tmx')}
          type="application/x-tmx+xml"
          accept=".tmx,.xml,application/x-tmx+xml"
          hint={t('import.memory')}
          both
          onClose={() => (open.value = undefined)}
          onDone={() => void pager.find(query.peek())}
        />
      )}
      {open.value && open.value !== 'import' && (
        <Entry {...open.value} onClose={() => (open.value = undefined)} onRemove={admin ? remove : undefined} />
      )}
      {clash && !open.value && (
        <RemovalClash name={t('memory.entry')} by={clash.now.by} onStay={stay} onRemove={() => again(clash.now)}>
          <Sides of={clash.now} />
        </RemovalClash>
      )}
    </section>
  )
}

async function fetchPage(rest: Rest, site: string, { text, from, to }: Query, after: string | undefined) {
  const asked = new URLSearchParams({ limit: `${pageSize}` })
  if (text.trim()) asked.set('text', text.trim())
  if (from !== any) asked.set('from', from)
  if (to !== any) asked.set('to', to)
  if (after !== undefined) asked.set('after', after)
  const page = await rest.get<{ entries: MemoryEntry[]; next?: string }>(`${siteURL(site, 'memory')}?${asked}`)
  return { items: page.entries, next: page.next }
}

function Side({ tag, text }: { tag: string; text: string }): JSX.Element {
  return (
    <>
      <LanguageChip tag={tag} />
      <span class="grid-text glance" dir="auto" lang={tag} translate={false}>
        {text}
      </span>
    </>
  )
}

function Pair({ query, onQuery }: { query: Query; onQuery: (query: Query) => void }): JSX.Element {
  return (
    <>
      <label class="spoken" for="memory-from">
        {t('glossary.from')}
      </label>
      <LanguageSelect
        id="memory-from"
        value={query.from}
        none={t('memory.from.any')}
        onChoose={(from) => onQuery({ ...query, from })}
      />
      <label class="spoken" for="memory-to">
        {t('glossary.to')}
      </label>
      <LanguageSelect
        id="memory-to"
        value={query.to}
        none={t('memory.to.any')}
        onChoose={(to) => onQuery({ ...query, to })}
      />
    </>
  )
}

function Sides({ of }: { of: MemoryEntry }): JSX.Element {
  return (
    <>
      {(['from', 'to'] as const).map((side) => (
        <div key={side} class="reply-source">
          <small>{languageName(of[side])}</small>
          <p class="glance" dir="auto" lang={of[side]} translate={false}>
            {side === 'from' ? of.source : of.target}
          </p>
        </div>
      ))}
    </>
  )
}

interface EntryProps {
  entry: MemoryEntry
  over: DOMRect | undefined
  onClose: () => void
  onRemove: ((entry: MemoryEntry) => void) | undefined
}

/** An entry as a whole: a table has no room for long texts. */
function Entry({ entry, over, onClose, onRemove }: EntryProps): JSX.Element {
  return (
    <Dialog title={t('memory.entry')} over={over} onClose={onClose}>
      <Sides of={entry} />
      <p class="quiet">
        {entry.by && (
          <>
            <bdi>{entry.by}</bdi> ·{' '}
          </>
        )}
        {t(`memory.origin.${entry.origin}`)} · {fullTime(entry.at, timeLocale())}
      </p>
      {onRemove && (
        <div class="dialog-foot">
          <button type="button" class="link danger" onClick={() => onRemove(entry)}>
            <Icon name="trash" size={16} />
            {t('place.remove')}
          </button>
        </div>
      )}
    </Dialog>
  )
}
