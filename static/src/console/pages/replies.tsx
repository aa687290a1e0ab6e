// The canned replies of a site: a row for each, a column for each language, and what is missing or waits for approval.
import { useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import type { Canned, CannedText } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { languageName } from '../app/languages'
import { locale, t } from '../app/words'
import { Icon } from '../ui/icons'
import { LanguagePicker } from '../ui/language-picker'
import { LanguageChip } from '../ui/marks'
import { Bring, Export, Import } from './bring'
import { type Column, Grid, removing } from './grid'
import { Find, Head, OnlyAdmins, State, useAdmin, usePlaceSite } from './place'
import { RemovalClash } from './removal-clash'
import { writtenAt } from './removals'
import { ReplyDialog } from './reply-dialog'
import { asRead, Rest, siteURL } from './rest'
import { Shelf } from './shelf'
import { changedTexts, columnsOf, findReplies, textIn, type Wanting, wanting } from './texts'
import { Unsaved } from './unsaved'
import { useRemovals, useRowHeight } from './use'

/** What the dialog is open for: a text of a reply, or a new reply. */
interface Open {
  name: string | undefined
  language: string
  over: DOMRect | undefined
}

export default function Replies(): JSX.Element {
  const site = usePlaceSite()
  return site ? <SiteReplies key={site} site={site} /> : <Head name="canned" />
}

function SiteReplies({ site }: { site: string }): JSX.Element {
  const desk = useDesk()
  const admin = useAdmin()
  const online = desk.line.online.value
  const own = desk.sites.value.find((s) => s.key === site)?.language ?? 'en'
  const rest = useMemo(() => new Rest(), [])
  const shelf = useMemo(
    () => new Shelf(async () => (await rest.get<{ canned: Canned[] }>(siteURL(site, 'canned'))).canned),
    [],
  )
  const {
    removals,
    remove: removeNamed,
    clash,
    stay,
    again,
  } = useRemovals<Canned>({
    key: (one) => one.name,
    ask: (one, late) => rest.remove(siteURL(site, 'canned', one.name), late, asRead({ at: writtenAt(one) })),
    gone: (one) => shelf.take((o) => o.name === one.name),
    now: (one) => shelf.reread((o) => o.name === one.name),
  })
  const unsaved = useMemo(() => new Unsaved<string, CannedText>(), [])
  const typed = useSignal('')
  const what = useSignal<Wanting>('all')
  const added = useSignal<readonly string[]>([])
  const open = useSignal<Open | 'import' | undefined>(undefined)
  useEffect(() => shelf.keep(desk.line.online), [])
  const there = useComputed(() => shelf.items.value.filter((one) => !removals.hidden.value.has(one.name)))
  const languages = useComputed(() => columnsOf(there.value, own, desk.rows.value.values(), site, added.value))
  const rows = useComputed(() => findReplies(there.value, typed.value, what.value, languages.value, locale()))
  const rowHeight = useRowHeight(80, 60)

  const remove = (one: Canned) => {
    open.value = undefined
    removeNamed(one, `/${one.name}`)
  }
  const at = (row: number) => rows.value[row] as Canned
  const columns: Column[] = [
    {
      key: 'name',
      title: t('canned.name'),
      width: 'var(--names, minmax(8rem, 11rem))',
      cell: (row) => <bdi class="cut reply-name">/{at(row).name}</bdi>,
    },
    ...languages.value.map((language) => ({
      key: language,
      title: (
        <>
          <LanguageChip tag={language} />
          <span aria-hidden="true">{languageName(language)}</span>
        </>
      ),
      width: 'minmax(15rem, 1fr)',
      cell: (row: number) => <Text one={at(row)} language={language} />,
    })),
  ]
  if (admin) columns.push(removing((row) => `/${at(row).name}`))
  const tools = there.value.length > 0
  const add = (
    <button
      type="button"
      class="primary add"
      title={t('canned.add')}
      disabled={!online}
      onClick={() => {
        open.value = {
          name: undefined,
          language: languages.value[0] ?? own,
          over: undefined,
        }
      }}
    >
      <Icon name="plus" size={16} />
      <span class={tools ? 'tool-text' : undefined}>{t('canned.add')}</span>
    </button>
  )
  return (
    <section class="place" aria-labelledby="place-title">
      <Head name="canned">
        {tools && <Find text={typed.value} onText={(text) => (typed.value = text)} />}
        {tools && (
          <Filter n={wanting(there.value, languages.value)} what={what.value} onWhat={(w) => (what.value = w)} />
        )}
        <span class="grow" />
        {tools && (
          <LanguagePicker
            class="place-column"
            name={t('own.languages.add')}
            title={t('own.languages.add')}
            without={languages.value}
            onChoose={(tag) => (added.value = [...added.value, tag])}
            button={
              <>
                <Icon name="globe" size={16} />
                <span class="tool-text">{t('canned.column')}</span>
              </>
            }
          />
        )}
        {tools && <Export url={siteURL(site, 'canned.csv')} />}
        {admin && <Import onOpen={() => (open.value = 'import')} />}
        {admin && tools && add}
      </Head>
      <OnlyAdmins />
      <State
        standing={shelf.standing.value}
        fault={shelf.fault.value}
        again={() => void shelf.load()}
        all={there.value.length}
        shown={rows.value.length}
        typed={typed.value}
        icon="bolt"
        title={t('empty.canned.title')}
        text={t('empty.canned.text')}
        action={admin && add}
      >
        <Grid
          name={t('key.canned')}
          columns={columns}
          count={rows.value.length}
          keyOf={(row) => at(row).name}
          rowHeight={rowHeight}
          stays
          open={(row, column, cell) => {
            if (column.key === 'remove') remove(at(row))
            else
              open.value = {
                name: at(row).name,
                language: column.key === 'name' ? (languages.value[0] ?? own) : column.key,
                over: cell.getBoundingClientRect(),
              }
          }}
        />
      </State>
      {open.value === 'import' && (
        <Bring
          rest={rest}
          url={siteURL(site, 'canned.csv')}
          type="text/csv"
          accept=".csv,text/csv"
          hint={t('import.canned')}
          onClose={() => (open.value = undefined)}
          onDone={() => void shelf.load()}
        />
      )}
      {open.value && open.value !== 'import' && (
        <ReplyDialog
          key={open.value.language}
          {...open.value}
          rest={rest}
          site={site}
          own={own}
          all={there.value}
          languages={languages.value}
          onLanguage={(language) => {
            if (open.value && open.value !== 'import') open.value = { ...open.value, language }
          }}
          onClose={() => (open.value = undefined)}
          unsaved={unsaved}
          settled={(name) => removals.now(name)}
          reload={() => shelf.load()}
          onSaved={(one, here, was = one.name) => {
            if (one.texts.length) shelf.put(one, (o) => o.name === was)
            else shelf.take((o) => o.name === was)
            if (here && open.value && open.value !== 'import') open.value = { ...open.value, name: one.name }
          }}
          onRemove={remove}
        />
      )}
      {clash && !open.value && (
        <RemovalClash
          name={`/${clash.now.name}`}
          by={clash.now.texts.find((o) => o.at === writtenAt(clash.now))?.by}
          onStay={stay}
          onRemove={() => again(clash.now)}
        >
          {changedTexts(clash.was, clash.now).map(({ language, text }) => (
            <div key={language} class="clash-text">
              <small>{languageName(language)}</small>
              <p class="glance" dir="auto" lang={language} translate={false}>
                {text ?? t('remark.emptied')}
              </p>
            </div>
          ))}
        </RemovalClash>
      )}
    </section>
  )
}

/** A text, or that there is none. */
function Text({ one, language }: { one: Canned; language: string }): JSX.Element {
  const text = textIn(one, language)
  if (!text) return <span class="quiet missing">{t('canned.missing')}</span>
  return (
    <>
      <span class="grid-text grow glance" dir="auto" lang={language} translate={false}>
        {text.text}
      </span>
      {text.state === 'draft' && <span class="tag draft">{t('canned.draft')}</span>}
    </>
  )
}

const filters: readonly Wanting[] = ['all', 'missing', 'draft']

interface FilterProps {
  n: Record<Wanting, number>
  what: Wanting
  onWhat: (what: Wanting) => void
}

function Filter({ n, what, onWhat }: FilterProps): JSX.Element {
  return (
    <div class="segments segments-row" role="radiogroup" aria-label={t('canned.filter')}>
      {filters.map((w) => (
        <label key={w} class={w === what ? 'chosen' : undefined}>
          <input type="radio" name="canned-filter" checked={w === what} onChange={() => onWhat(w)} />
          {t(`canned.filter.${w}`, { n: n[w] })}
        </label>
      ))}
    </div>
  )
}
