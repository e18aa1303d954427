/* Where to go after signing in. Pure. */

/**
 * Where somebody came from, within this screen, as a whole address (a path alone could begin with two slashes and lead elsewhere); the wall where that is another place or the page to sign in.
 * @param {string | null} next what the address of the page asks for; no address means the page itself
 * @param {{ origin: string, pathname: string, search: string }} here where the page stands
 * @param {string} language
 */
export function onward(next, here, language) {
  const asked = next ?? `/?lang=${language}`
  const wanted = URL.canParse(asked, here.origin) ? new URL(asked, here.origin) : here
  return wanted.origin === here.origin && wanted.pathname !== "/signin" ? wanted.origin + wanted.pathname + wanted.search : "/"
}
