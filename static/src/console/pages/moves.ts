// Where the keys lead in a table.

export interface At {
  row: number
  column: number
}

export interface Extent {
  rows: number
  columns: number
  /** Rows that are seen at once. */
  page: number
  rtl: boolean
  /** Control is held: to the very first, the very last. */
  far: boolean
}

/** The cell that a key leads to; undefined if the key leads nowhere, as at an edge. */
export function moved(at: At, key: string, e: Extent): At | undefined {
  const to = { ...at }
  const forth = e.rtl ? -1 : 1
  if (key === 'ArrowDown') to.row = e.far ? e.rows - 1 : at.row + 1
  else if (key === 'ArrowUp') to.row = e.far ? 0 : at.row - 1
  else if (key === 'ArrowRight') to.column += forth
  else if (key === 'ArrowLeft') to.column -= forth
  else if (key === 'PageDown') to.row += e.page
  else if (key === 'PageUp') to.row -= e.page
  else if (key === 'Home') Object.assign(to, e.far ? { row: 0, column: 0 } : { column: 0 })
  else if (key === 'End')
    Object.assign(to, e.far ? { row: e.rows - 1, column: e.columns - 1 } : { column: e.columns - 1 })
  else return undefined
  to.row = Math.min(Math.max(0, to.row), e.rows - 1)
  to.column = Math.min(Math.max(0, to.column), e.columns - 1)
  return to
}
