// What the first screen does not need (CONTRIBUTING.md, "Parts that come later").
import { later } from '../../shared/later'
import { Parts } from '../../shared/parts'

export const parts = new Parts('console')

export const KeysHelp = later(parts, 'help', () => import('../keys/help'))
export const Palette = later(parts, 'palette', () => import('../palette/palette'))
