// What a page says of its visitor and his basket, made into what the server takes: bounded, of the right kind. What is wrong with it is for the shop's developer,
// who reads the browser's log. The limits are those of package chat, where the server holds the same against them. A part: most pages say nothing of that.
import type { Cart, Item } from '../shared/wire.gen'
import { record, type Warn } from './who'

export const limits = {
  attributes: 50,
  name: 64,
  value: 500,
  items: 50,
  itemName: 200,
  /** Bytes of all names of a basket together. */
  cart: 16 << 10,
  quantity: 1e6,
  amount: 1e12,
}

const count = (s: string) => [...s].length

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
  let bytes = 0
  for (const item of said.items.slice(0, limits.items) as unknown[]) {
    const one = itemOf(item)
    bytes += one ? new TextEncoder().encode(one.name).length : 0
    if (one && bytes <= limits.cart) cart.items.push(one)
    else if (one) {
      warn(`cart: the names have at most ${limits.cart} bytes together; the other items are left out.`)
      break
    } else
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
