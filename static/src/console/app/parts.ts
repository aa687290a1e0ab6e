// What the first screen does not need (CONTRIBUTING.md, "Parts that come later").
import { later } from '../../shared/later'
import { Parts } from '../../shared/parts'

export const parts = new Parts('console')

export const Login = later(parts, 'login', () => import('../login/login'))
export const Context = later(parts, 'context', () => import('../context/context'))
export const KeysHelp = later(parts, 'help', () => import('../keys/help'))
export const CannedList = later(parts, 'canned-list', () => import('../composer/canned-list'))
export const Risks = parts.part('risks', () => import('../composer/risks'))
export const OnTheWay = later(parts, 'way', () => import('../keys/way'))
export const FilterForm = later(parts, 'filter-form', () => import('../inbox/filter-form'))
export const Offer = later(parts, 'offer', () => import('../thread/offer'))
export const Selection = later(parts, 'selection', () => import('../thread/selection'))
export const Give = later(parts, 'give', () => import('../team/give'))
export const Palette = later(parts, 'palette', () => import('../palette/palette'))
export const SearchPanel = later(parts, 'search', () => import('../search/search'))
export const Replies = later(parts, 'replies', () => import('../pages/replies'))
export const Glossary = later(parts, 'glossary', () => import('../pages/glossary'))
export const Profile = later(parts, 'profile', () => import('../profile/profile'))
export const Memory = later(parts, 'memory', () => import('../pages/memory'))
