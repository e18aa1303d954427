/* The page to sign in: with an account of this screen, at the organisation's provider, or as a wall by the token in the address. */

import { button, el, fill, say } from "../common/dom.js"
import { HEADERS, PATIENCE } from "../common/server/press.js"
import { pause } from "../common/pause.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { onward } from "./onward.js"

/** Milliseconds after which a wall tries again where the server does not answer. */
const AGAIN = 3000
const WHY = ["ended", "no_role", "no_scope", "expired"]
const asked = new URLSearchParams(location.search)

/**
 * The server's answer, or null where none came.
 * @param {string} path
 * @param {object} body
 */
const send = (path, body) =>
  fetch(path, { method: "POST", headers: HEADERS, body: JSON.stringify(body), signal: AbortSignal.timeout(PATIENCE) }).catch(() => null)

const leave = () => location.replace(onward(asked.get("next"), location, words.language))

/** @typedef {{ local: boolean, oidc: boolean, who: string }} Ways the ways to sign in, and who is */

/**
 * What the server's answers mean.
 * @type {Record<number, string>}
 */
const ANSWERS = { 401: "sign.wrong", 422: "sign.wrong" }

class SignIn {
  /** @param {Ways} ways */
  constructor(ways) {
    this.account = field("account", "text", "username")
    this.password = field("password", "password", "current-password")
    this.do = Object.assign(el("button", "do", t("sign.in")), { type: "submit" })
    this.state = el("p", "says")
    this.state.role = "status"
    this.form = el("form", "", labelled("account", this.account), labelled("password", this.password), this.do)
    this.form.onsubmit = (event) => this.submit(event)
    this.form.hidden = !ways.local
    const oidc = el("a", "other", t("sign.oidc"))
    oidc.href = `/signin/oidc?next=${encodeURIComponent(asked.get("next") ?? `/?lang=${words.language}`)}`
    oidc.hidden = !ways.oidc
    this.node = panel(this.form, oidc, this.state)
    const why = asked.get("why")
    if (why && WHY.includes(why)) this.says(t(`sign.${why}`), true)
  }

  /**
   * @param {string} text
   * @param {boolean} [bad]
   */
  says(text, bad = false) {
    say(this.state, text)
    this.state.className = bad && text ? "says bad" : "says"
  }

  /** @param {SubmitEvent} event */
  async submit(event) {
    event.preventDefault()
    if (this.do.disabled) return
    this.do.disabled = true
    this.says(t("sign.working"))
    const answer = await send("/signin", { account: this.account.value.trim(), password: this.password.value })
    if (answer?.status === 204) return leave()
    this.password.value = ""
    this.password.focus()
    if (answer?.status === 429) return this.hold((await answer.json()).wait)
    this.do.disabled = false
    this.says(t(ANSWERS[answer?.status ?? 0] ?? "sign.away"), true)
  }

  /**
   * Count the seconds down for which nothing can be tried.
   * @param {number} seconds
   */
  hold(seconds) {
    if (seconds <= 0) {
      this.do.disabled = false
      return this.says("")
    }
    this.says(t("sign.wait").replace("{}", String(seconds)), true)
    setTimeout(() => this.hold(seconds - 1), 1000)
  }
}

/**
 * A wall signs in by itself, and tries again for as long as the server does not answer.
 * @param {string} token
 * @param {HTMLElement} page
 */
async function wall(token, page) {
  const state = el("p", "says", t("sign.wall"))
  state.role = "status"
  fill(page, panel(state))
  for (;;) {
    const answer = await send("/signin/wall", { token })
    if (answer?.status === 204) return leave()
    if (answer?.status === 401) {
      say(state, t("sign.wall_wrong"))
      state.className = "says bad"
      return
    }
    await pause(AGAIN)
  }
}

/**
 * @param {string} name
 * @param {string} type
 * @param {AutoFill} complete
 */
function field(name, type, complete) {
  const node = Object.assign(el("input"), { name, type, required: true, autocomplete: complete, maxLength: 200, spellcheck: false })
  node.setAttribute("autocapitalize", "none")
  return node
}

/**
 * @param {string} name
 * @param {HTMLElement} node
 */
const labelled = (name, node) => el("label", "", t(`sign.${name}`), node)

/** @param {...HTMLElement} parts */
function panel(...parts) {
  const other = button("language", words.otherLanguage, t("switch"))
  return el("section", "panel", el("h1", "", t("city"), " ", el("b", "", t("product")), other), ...parts)
}

/**
 * The answer for a page that is not open to who is signed in.
 * @param {Ways} ways
 */
function theirs(ways) {
  const back = el("a", "other", t("sign.back"))
  back.href = `/?lang=${words.language}`
  return panel(el("p", "says bad", t("sign.theirs")), el("p", "who", `${t("sign.signed_in")}${ways.who}`), back)
}

async function show() {
  const page = /** @type {HTMLElement} */ (document.getElementById("page"))
  await words.load()
  const token = new URLSearchParams(location.hash.slice(1)).get("wall")
  if (token) {
    history.replaceState(null, "", location.pathname + location.search)
    return wall(token, page)
  }
  const ways = await (await fetch("/signin/ways")).json()
  if (location.pathname !== "/signin") return fill(page, theirs(ways))
  if (!ways.local && !ways.oidc) return leave()
  const signIn = new SignIn(ways)
  fill(page, signIn.node)
  signIn.account.focus()
}

show()
