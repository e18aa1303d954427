/* The page to sign in: with an account of this screen, at the organisation's provider, or as a wall by the token in the address. */

import { button, el, fill, say } from "../common/dom.js"
import { HEADERS, PATIENCE } from "../common/press.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

/** Milliseconds after which a wall tries again where the server does not answer. */
const AGAIN = 3000
const WHY = ["ended", "no_role", "no_scope", "expired"]
const asked = new URLSearchParams(location.search)

/** The server's answer, or null where none came. */
const send = (path, body) =>
  fetch(path, { method: "POST", headers: HEADERS, body: JSON.stringify(body), signal: AbortSignal.timeout(PATIENCE) }).catch(() => null)

/** Where to go: back to where somebody came from, within this screen. */
function onward() {
  const next = asked.get("next") ?? `/?lang=${words.language}`
  const wanted = URL.canParse(next, location.origin) ? new URL(next, location.origin) : location
  const ours = wanted.origin === location.origin && wanted.pathname !== "/signin"
  location.replace(ours ? wanted.origin + wanted.pathname + wanted.search : "/")
}

class SignIn {
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
    if (WHY.includes(why)) this.says(t(`sign.${why}`), true)
  }

  says(text, bad = false) {
    say(this.state, text)
    this.state.className = bad && text ? "says bad" : "says"
  }

  async submit(event) {
    event.preventDefault()
    if (this.do.disabled) return
    this.do.disabled = true
    this.says(t("sign.working"))
    const answer = await send("/signin", { account: this.account.value.trim(), password: this.password.value })
    if (answer?.status === 204) return onward()
    this.password.value = ""
    this.password.focus()
    if (answer?.status === 429) return this.hold((await answer.json()).wait)
    this.do.disabled = false
    this.says(t({ 401: "sign.wrong", 422: "sign.wrong" }[answer?.status] ?? "sign.away"), true)
  }

  /** Count the seconds down for which nothing can be tried. */
  hold(seconds) {
    if (seconds <= 0) {
      this.do.disabled = false
      return this.says("")
    }
    this.says(t("sign.wait").replace("{}", seconds), true)
    setTimeout(() => this.hold(seconds - 1), 1000)
  }
}

/** A wall signs in by itself, and tries again for as long as the server does not answer. */
async function wall(token, page) {
  const state = el("p", "says", t("sign.wall"))
  state.role = "status"
  fill(page, panel(state))
  for (;;) {
    const answer = await send("/signin/wall", { token })
    if (answer?.status === 204) return onward()
    if (answer?.status === 401) {
      say(state, t("sign.wall_wrong"))
      state.className = "says bad"
      return
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN))
  }
}

function field(name, type, complete) {
  const node = Object.assign(el("input"), { name, type, required: true, autocomplete: complete, maxLength: 200, spellcheck: false })
  node.setAttribute("autocapitalize", "none")
  return node
}

const labelled = (name, node) => el("label", "", t(`sign.${name}`), node)

function panel(...parts) {
  const other = button("language", words.otherLanguage, t("switch"))
  return el("section", "panel", el("h1", "", t("city"), " ", el("b", "", t("product")), other), ...parts)
}

/** The answer for a page that is not open to who is signed in. */
function theirs(ways) {
  const back = el("a", "other", t("sign.back"))
  back.href = `/?lang=${words.language}`
  return panel(el("p", "says bad", t("sign.theirs")), el("p", "who", `${t("sign.signed_in")}${ways.who}`), back)
}

async function show() {
  const page = document.getElementById("page")
  await words.load()
  const token = new URLSearchParams(location.hash.slice(1)).get("wall")
  if (token) {
    history.replaceState(null, "", location.pathname + location.search)
    return wall(token, page)
  }
  const ways = await (await fetch("/signin/ways")).json()
  if (location.pathname !== "/signin") return fill(page, theirs(ways))
  if (!ways.local && !ways.oidc) return onward()
  const signIn = new SignIn(ways)
  fill(page, signIn.node)
  signIn.account.focus()
}

show()
