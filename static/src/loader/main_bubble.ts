// The loader of sites that have a bubble beside their launcher: main.ts and that. The server picks one of the two, so that it stays one request and sites without
// a bubble pay nothing for it.
import { boot } from './boot'
import { bubble } from './bubble'
import looks from './bubble.css'

try {
  boot('__DRAGOMAN_SITE__', bubble, looks)
} catch (err) {
  console.warn('Dragoman:', err)
}
