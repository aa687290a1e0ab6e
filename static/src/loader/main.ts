// The loader: what a shop's page fetches before anybody has asked for anything. It draws a button, and that is all until a visitor points
// at it: no request, no cookie, nothing stored. It must never harm the page it stands in, so whatever goes wrong ends here.
import { boot } from './boot'

try {
  // The server puts the site's settings in place of this literal. It must stand in the bundle exactly once.
  boot('__DRAGOMAN_SITE__')
} catch (err) {
  console.warn('Dragoman:', err)
}
