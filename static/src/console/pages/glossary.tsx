// The glossary of a site: words that are to be translated in one way, or never.
import { useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import type { Term } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { byName } from '../app/languages'
import { locale, t } from '../app/words'
import { Icon } from '../ui/icons'
import { Bring, Export, Import } from './bring'
import { type Column, Grid, removing } from './grid'
import { languageOrAny } from './language-select'
import { Find, Head, OnlyAdmins, State, useAdmin, usePlaceSite } from './place'
import { RemovalClash } from './removal-clash'
import { asRead, Rest, siteURL } from './rest'
import { Shelf } from './shelf'
import { TermDialog, TermLine } from './term-dialog'
import { findTerms, languagesOf, type TermFields } from './terms'
import { Unsaved } from './unsaved'
import { useRemovals, useRowHeight } from './use'

type Open = { term: Term | undefined; over: DOMRect | undefined } | 'import'

export default function Glossary(): JSX.Element {
  const site = usePlaceSite()
  return site ? <SiteGlossary key={site} site={site} /> : <Head name="glossary" />
}

function SiteGlossary({ site }: { site: string }): JSX.Element {
  const desk = useDesk()
  const admin = useAdmin()
  const online = desk.line.online.value
  const rest = useMemo(() => new Rest(), [])
  const shelf = useMemo(
    () => new Shelf(async () => (await rest.get<{ terms: Term[] }>(siteURL(site, 'terms'))).terms),
    [],
  )
  const { removals, remove, clash, stay, again } = useRemovals<Term>({
    key: (term) => term.id,
    ask: (term, late) => rest.remove(siteURL(site, 'terms', term.id), late, asRead(term)),
    gone: (term) => shelf.take((o) => o.id === term.id),
    now: (term) => shelf.reread((o) => o.id === term.id),
  })
  const unsaved = useMemo(() => new Unsaved<TermFields, Term>(), [])
  const typed = useSignal('')
  const language = useSignal('')
  const open = useSignal<Open | undefined>(undefined)
  useEffect(() => shelf.keep(desk.line.online), [])
  const there = useComputed(() => shelf.items.value.filter((term) => !removals.hidden.value.has(term.id)))
  const rows = useComputed(() => findTerms(there.value, typed.value, language.value, locale()))
  const single = desk.single.value
  const rowHeight = useRowHeight(single ? 56 : 48, single ? 52 : 44)

  const at = (row: number) => rows.value[row] as Term
  const columns: Column[] = [
    {
      key: 'source',
      title: t('glossary.source'),
      width: single ? 'minmax(0, 1fr)' : 'minmax(9rem, 1fr)',
      cell: (row) => <Word text={at(row).source} language={at(row).from} />,
    },
    {
      key: 'target',
      title: t('glossary.target'),
      width: single ? 'minmax(0, 1fr)' : 'minmax(9rem, 1fr)',
      cell: (row) => (
        <span class="stacked">
          {at(row).target ? (
            <Word text={at(row).target} language={at(row).to} />
          ) : (
            <span class="quiet">{t('glossary.never')}</span>
          )}
          {single && (
            <small class="cut">
              {languageOrAny(at(row).from)} · {languageOrAny(at(row).to)}
            </small>
          )}
        </span>
      ),
    },
  ]
  const apart: Column[] = [
    {
      key: 'from',
      title: t('glossary.from'),
      width: 'minmax(7rem, 10rem)',
      cell: (row) => <Tongue tag={at(row).from} />,
    },
    { key: 'to', title: t('glossary.to'), width: 'minmax(7rem, 10rem)', cell: (row) => <Tongue tag={at(row).to} /> },
    {
      key: 'case',
      title: t('glossary.case'),
      width: '8rem',
      cell: (row) => at(row).case_sensitive && <span class="tag">{t('glossary.case.on')}</span>,
    },
  ]
  if (!single) columns.push(...apart)
  if (admin) columns.push(removing((row) => at(row).source))
  const tools = there.value.length > 0
  const add = (
    <button
      type="button"
      class="primary add"
      title={t('glossary.add')}
      disabled={!online}
      onClick={() => (open.value = { term: undefined, over: undefined })}
    >
      <Icon name="plus" size={16} />
      <span class={tools ? 'tool-text' : undefined}>{t('glossary.add')}</span>
    </button>
  )
  return (
    <section class="place" aria-labelledby="place-title">
      <Head name="glossary">
        {tools && <Find text={typed.value} onText={(text) => (typed.value = text)} />}
        {tools && (
          <span class="place-filter">
            <label class="spoken" for="glossary-language">
              {t('context.language')}
            </label>
            <LanguageFilter all={there.value} value={language.value} onChoose={(tag) => (language.value = tag)} />
          </span>
        )}
        <span class="grow" />
        {tools && <Export url={siteURL(site, 'terms.csv')} />}
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
        icon="book"
        title={t('empty.glossary.title')}
        text={t('empty.glossary.text')}
        action={admin && add}
      >
        <Grid
          name={t('key.glossary')}
          columns={columns}
          count={rows.value.length}
          keyOf={(row) => at(row).id}
          rowHeight={rowHeight}
          open={(row, column, cell) => {
            if (column.key === 'remove') remove(at(row), at(row).source)
            else open.value = { term: at(row), over: cell.closest('tr')?.getBoundingClientRect() }
          }}
        />
      </State>
      {open.value === 'import' && (
        <Bring
          rest={rest}
          url={siteURL(site, 'terms.csv')}
          type="text/csv"
          accept=".csv,text/csv"
          hint={t('import.glossary')}
          onClose={() => (open.value = undefined)}
          onDone={() => void shelf.load()}
        />
      )}
      {open.value && open.value !== 'import' && (
        <TermDialog
          key={open.value.term?.id}
          {...open.value}
          rest={rest}
          site={site}
          all={there.value}
          unsaved={unsaved}
          reload={() => shelf.load()}
          onClose={() => (open.value = undefined)}
          onSaved={(term) => shelf.put(term, (o) => o.id === term.id)}
          onOther={(term) => (open.value = { term, over: undefined })}
        />
      )}
      {clash && !open.value && (
        <RemovalClash name={clash.was.source} onStay={stay} onRemove={() => again(clash.now)}>
          <TermLine of={clash.now} />
        </RemovalClash>
      )}
    </section>
  )
}

function Word({ text, language }: { text: string; language: string }): JSX.Element {
  return (
    <bdi class="cut" {...(language !== 'und' && { lang: language })} translate={false}>
      {text}
    </bdi>
  )
}

function Tongue({ tag }: { tag: string }): JSX.Element {
  return <span class={tag === 'und' ? 'quiet cut' : 'cut'}>{languageOrAny(tag)}</span>
}

function LanguageFilter(props: { all: readonly Term[]; value: string; onChoose: (tag: string) => void }): JSX.Element {
  const tags = byName(languagesOf(props.all), languageOrAny)
  return (
    <select
      id="glossary-language"
      class="select"
      value={props.value}
      onChange={(e) => props.onChoose(e.currentTarget.value)}
    >
      <option value="">{t('place.all')}</option>
      {tags.map((tag) => (
        <option key={tag} value={tag}>
          {languageOrAny(tag)}
        </option>
      ))}
    </select>
  )
}
