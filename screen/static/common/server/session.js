/* The session of who is signed in: kept while somebody is before the page, ended by them, and where it has ended, the way to sign in again. */

import { post, HEADERS } from "./press.js"
import { language } from "../words.js"

/** Milliseconds between two words to the server that somebody is there. */
const HERE = 60_000
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel"]

/** Tell the server, at most once a minute, that somebody is before the page; the answer stops it. */
export function stay() {
  let told = performance.now()
  const here = () => {
    if (performance.now() - told < HERE) return
    told = performance.now()
    post("here", {})
  }
  for (const sign of SIGNS) addEventListener(sign, here, { passive: true })
  return () => SIGNS.forEach((sign) => removeEventListener(sign, here))
}

/** Somebody is on the way out: where to go is then said by the answer to that. */
let leaving = false

/** Go and sign in where the server says that nobody is signed in; where it does not answer, the page stays as it is. */
export async function signedIn() {
  const answer = await fetch("/screen/who").catch(() => null)
  if (answer?.status !== 401 || leaving) return
  const back = encodeURIComponent(location.pathname + location.search)
  location.replace(`/signin?why=ended&next=${back}&lang=${language}`)
}

/** A wall's browser may begin with its token in the address of any page: where it is signed in already, the token is taken out of sight. */
export function forgetToken() {
  if (location.hash.startsWith("#wall=")) history.replaceState(history.state, "", location.pathname + location.search)
}

/** Sign out. */
export async function signOut() {
  leaving = true
  const answer = await fetch("/signout", { method: "POST", headers: HEADERS, body: "{}" }).catch(() => null)
  leaving = Boolean(answer?.ok)
  if (answer?.ok) location.replace(`${(await answer.json()).to}?lang=${language}`)
}
