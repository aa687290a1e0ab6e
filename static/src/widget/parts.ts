// What the first screen does not need (CONTRIBUTING.md, "Parts that come later").
import { later } from '../shared/later'
import { Parts } from '../shared/parts'

export const parts = new Parts('widget')

// The first part to be wanted: by who comes back at once, by who is new with his first line. It is fetched ahead of both (main.tsx, app.ts).
export const Log = later(parts, 'log', () => import('./log'))
/** What comes after the button that attaches files: attach.ts. */
export const filesPart = parts.part('files', () => import('./attach/files'))
/** What looks at what a page says of its visitor: person.ts. */
export const factsPart = parts.part('facts', () => import('./facts'))
export const Languages = later(parts, 'languages', () => import('./languages'))
export const Menu = later(parts, 'menu', () => import('./menu'))
export const OfferBar = later(parts, 'offer', () => import('./offer'))
export const Privacy = later(parts, 'privacy', () => import('./privacy'))
export const WhatIsWrong = later(parts, 'wrong-form', () => import('./wrong-form'))
/** What a phone is used to. */
export const habits = parts.part('phone', () => import('./phone'))
