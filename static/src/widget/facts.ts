// What a page says of its visitor, made into what the server takes: bounded, of the right kind. What is wrong with it is for the shop's developer, who reads
// the browser's log. The limits are those of package chat, where the server holds the same against them.
import type { About, Cart, Item } from '../shared/wire.gen'

export const limits = {
  attributes: 50,
  name: 64,
  value: 500,
  items: 50,
  itemName: 200,
  quantity: 1e6,
  amount: 1e12,
  url: 2000,
}

/** What is to be said in the log, once each. */
export type Warn = (sentence: string) => void

const record = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v)
const count = (s: string) => [...s].length

/** Who the page says it is: a signature, or a name and an address that nobody has signed. */
export function identityOf(said: unknown, warn: Warn): { jwt?: string; about: About } {
  const about: About = {}
  if (!record(said)) {
    warn("identify takes {jwt: '...'}, or {name: '...', email: '...'} without a signature.")
    return { about }
  }
  if (typeof said.jwt === 'string' && said.jwt) return { jwt: said.jwt, about }
  if ('jwt' in said) warn('identify: jwt is empty, or no text. Sign one on your server, or leave jwt out.')
  for (const field of ['name', 'email'] as const) {
    const value = said[field]
    if (value === null) about[field] = ''
    else if (typeof value === 'string') about[field] = value
    else if (value !== undefined) warn(`identify: ${field} is a text.`)
  }
  if (about.email && !/^[^\s@]+@[^\s@]+$/.test(about.email)) {
    warn('identify: email is no mail address.')
    delete about.email
  }
  return { about }
}

/** What is known, and attributes as texts; null and nothing take one away. */
export function attributesOf(
  said: unknown,
  warn: Warn,
  known: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const all = { ...known }
  if (!record(said)) {
    warn("attributes takes an object, such as {plan: 'gold', orders: 3}.")
    return all
  }
  for (const [name, value] of Object.entries(said)) {
    const text = value === null ? '' : String(value)
    if (value !== null && !['string', 'number', 'boolean'].includes(typeof value))
      warn(`attributes: "${name.slice(0, limits.name)}" is a text, a number, true or false; null takes it away.`)
    else if (!name.trim() || count(name) > limits.name)
      warn(`attributes: names have 1 to ${limits.name} characters; "${name.slice(0, limits.name)}" is left out.`)
    else if (count(text) > limits.value)
      warn(`attributes: "${name}" has more than ${limits.value} characters and is left out.`)
    else if (text && !all[name] && Object.values(all).filter(Boolean).length >= limits.attributes)
      warn(`attributes: at most ${limits.attributes}; the others are left out.`)
    else all[name] = text
  }
  return all
}

const amount = (v: unknown): v is number => typeof v === 'number' && v >= 0 && v <= limits.amount

/** The basket; null empties it, and what is wrong with it leaves it as it was. */
export function cartOf(said: unknown, warn: Warn): Cart | undefined {
  if (said === null) return { items: [] }
  if (!record(said) || !Array.isArray(said.items)) {
    warn("cart takes {items: [{name, quantity, price}], currency: 'EUR', total: 25}, or null for an empty one.")
    return undefined
  }
  const cart: Cart = { items: [] }
  if (said.items.length > limits.items) warn(`cart: at most ${limits.items} items; the others are left out.`)
  for (const item of said.items.slice(0, limits.items) as unknown[]) {
    const one = itemOf(item)
    if (one) cart.items.push(one)
    else
      warn(
        `cart: an item has a name of 1 to ${limits.itemName} characters, a whole quantity from 1, a price from 0. One is left out.`,
      )
  }
  if (typeof said.currency === 'string' && /^[A-Z]{3}$/.test(said.currency)) cart.currency = said.currency
  else if (said.currency !== undefined) warn('cart: currency is a code of three capital letters, such as EUR.')
  if (amount(said.total)) cart.total = said.total
  else if (said.total !== undefined) warn('cart: total is a number from 0.')
  return cart
}

function itemOf(v: unknown): Item | undefined {
  if (!record(v) || typeof v.name !== 'string' || !v.name.trim() || count(v.name) > limits.itemName) return undefined
  const { name, quantity = 1, price } = v
  if (!Number.isInteger(quantity) || (quantity as number) < 1 || (quantity as number) > limits.quantity)
    return undefined
  if (price !== undefined && !amount(price)) return undefined
  return { name, quantity: quantity as number, ...(price !== undefined && { price }) }
}

/** A page that the server takes, or nothing. */
export function pageOf(said: unknown, warn: Warn): { url: string; title: string } | undefined {
  if (record(said) && typeof said.url === 'string' && /^https?:\/\//i.test(said.url) && said.url.length <= limits.url)
    return { url: said.url, title: typeof said.title === 'string' ? said.title : '' }
  warn(`page takes {url: 'https://...', title: '...'}, with at most ${limits.url} characters of address.`)
  return undefined
}
