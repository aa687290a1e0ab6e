// A table of any length with rows of one height, of which only those in sight are in the document. Arrow keys move a cell at a time, Enter does what a click does.
import { useSignal } from '@preact/signals'
import type { ComponentChildren, JSX, TargetedKeyboardEvent } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { t } from '../app/words'
import { reveal, slice } from '../inbox/window'
import { Icon } from '../ui/icons'
import { type At, moved } from './moves'

export interface Column {
  key: string
  title: ComponentChildren
  /** Its width, as in grid-template-columns. */
  width: string
  /** What stands in its cells. */
  cell: (row: number) => ComponentChildren
  /** Its cells are buttons with this name. */
  button?: (row: number) => string
}

export interface GridProps {
  name: string
  columns: readonly Column[]
  count: number
  keyOf: (row: number) => string
  /** Height of a row in CSS pixels. */
  rowHeight: number
  open: (row: number, column: Column, cell: HTMLElement) => void
  /** The first column stays in sight where the table is wider than its place. */
  stays?: boolean
  /** More rows than these are on the server; called when the end comes near. */
  more?: (() => void) | undefined
}

/** The column whose buttons remove a row; name is what it is called. */
export function removing(name: (row: number) => string): Column {
  return {
    key: 'remove',
    title: <span class="spoken">{t('place.remove')}</span>,
    width: '3.25rem',
    button: (row) => `${t('place.remove')}: ${name(row)}`,
    cell: () => <Icon name="trash" size={16} />,
  }
}

/** The head's height in CSS pixels; pages.css uses the same number. */
const headHeight = 40

/** A table whose cells are worked with keys is a grid. */
const worked = { role: 'grid' } as const

export function Grid(props: GridProps): JSX.Element {
  const { columns, count, rowHeight } = props
  const box = useRef<HTMLDivElement>(null)
  const top = useSignal(0)
  const height = useSignal(0)
  const at = useSignal<At>({ row: 0, column: 0 })
  /** On which sides more of the table is out of sight, as an attribute that pages.css draws. */
  const beyond = useSignal('')
  const wantsFocus = useRef(false)
  const { from, to } = slice(top.value, height.value, rowHeight, count)
  const { row: wishedRow, column: wishedColumn } = at.value
  const here: At = { row: Math.min(wishedRow, count - 1), column: Math.min(wishedColumn, columns.length - 1) }

  useLayoutEffect(() => {
    const el = box.current
    if (!el) return
    const measure = new ResizeObserver(() => {
      height.value = Math.max(0, el.clientHeight - headHeight)
      beyond.value = outOfSight(el)
    })
    measure.observe(el)
    if (el.firstElementChild) measure.observe(el.firstElementChild)
    return () => measure.disconnect()
  }, [])

  const near = to > count - 20
  useEffect(() => {
    if (near) props.more?.()
  }, [near, count])

  useLayoutEffect(() => {
    if (!wantsFocus.current) return
    const cell = box.current?.querySelector<HTMLElement>(`[data-cell="${here.row}:${here.column}"]`)
    if (!cell) return
    wantsFocus.current = false
    cell.focus({ preventScroll: true })
    cell.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  })

  const keys = (e: TargetedKeyboardEvent<HTMLElement>) => {
    if (e.altKey || e.metaKey || e.shiftKey) return
    const column = columns[here.column]
    if ((e.key === 'Enter' || e.key === 'F2' || e.key === ' ') && column) {
      e.preventDefault()
      props.open(here.row, column, e.target as HTMLElement)
      return
    }
    const page = Math.max(1, Math.floor(height.value / rowHeight) - 1)
    const rtl = getComputedStyle(e.currentTarget).direction === 'rtl'
    const next = moved(here, e.key, { rows: count, columns: columns.length, page, rtl, far: e.ctrlKey })
    if (!next) return
    e.preventDefault()
    e.stopPropagation()
    const el = box.current
    const scroll = el ? reveal(next.row, el.scrollTop, height.value, rowHeight) : undefined
    if (el && scroll !== undefined) el.scrollTop = top.value = scroll
    wantsFocus.current = true
    at.value = next
  }

  const template = columns.map((c) => c.width).join(' ')
  return (
    <div class={props.stays ? 'grid-frame grid-stays' : 'grid-frame'} data-beyond={beyond.value}>
      <div
        class="grid-box"
        ref={box}
        onScroll={(e) => {
          top.value = e.currentTarget.scrollTop
          beyond.value = outOfSight(e.currentTarget)
        }}
      >
        {/* The elements of a table, laid out as grids: rows that are out of sight are not there, so the browser could not find the columns' widths. */}
        <table
          {...worked}
          aria-label={props.name}
          aria-rowcount={props.more ? -1 : count + 1}
          aria-colcount={columns.length}
          style={{ '--columns': template, '--row': `${rowHeight}px` }}
          onKeyDown={keys}
        >
          <thead>
            <tr class="grid-head" aria-rowindex={1}>
              {columns.map((c) => (
                <th key={c.key} scope="col">
                  {c.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody class="grid-rows" style={{ height: `${count * rowHeight}px` }}>
            {Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i).map((row) => (
              <tr
                key={props.keyOf(row)}
                class="grid-row"
                aria-rowindex={row + 2}
                style={{ top: `${row * rowHeight}px` }}
              >
                {columns.map((c, column) => (
                  <Cell
                    key={c.key}
                    column={c}
                    row={row}
                    place={`${row}:${column}`}
                    current={row === here.row && column === here.column}
                    focused={() => (at.value = { row, column })}
                    open={props.open}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  )
}

/** The sides, start and end, on which a box has more to show. */
function outOfSight(box: HTMLElement): string {
  const before = Math.abs(box.scrollLeft) // counted down from 0 where lines run from right to left
  const sides = [before > 1 && 'start', box.scrollWidth - box.clientWidth - before > 1 && 'end']
  return sides.filter(Boolean).join(' ')
}

interface CellProps {
  column: Column
  row: number
  place: string
  current: boolean
  focused: () => void
  open: GridProps['open']
}

function Cell({ column, row, place, current, focused, open }: CellProps): JSX.Element {
  const focus = { 'data-cell': place, tabIndex: current ? (0 as const) : (-1 as const), onFocus: focused }
  const { button } = column
  if (button)
    return (
      <td class="grid-action">
        <button
          {...focus}
          type="button"
          class="icon-button"
          aria-label={button(row)}
          title={button(row)}
          onClick={(e) => open(row, column, e.currentTarget)}
        >
          {column.cell(row)}
        </button>
      </td>
    )
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter is heard by the table, for whichever cell has the focus
    <td {...focus} onClick={(e) => open(row, column, e.currentTarget)}>
      {column.cell(row)}
    </td>
  )
}
