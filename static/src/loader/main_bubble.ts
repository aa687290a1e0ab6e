// The loader of sites that have a bubble beside their launcher: main.ts and that. The server picks one of the two, so that it stays one request and sites without
// a bubble pay nothing for it.
import { boot } from './boot'
import { bubble } from './bubble'

try {
  boot('__DRAGOMAN_SITE__', bubble)
} catch (err) {
  console.warn('Dragoman could not start:', err)
}
