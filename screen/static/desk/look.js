/* Looking at sealed texts, and at what is masked in a record: what for is asked first, the server writes it down before it shows one. It stands in its row alone, until the alert is left. */

import { whyNot } from "../common/alert/rights.js"
import { button, el, fill } from "../common/dom.js"
import { post } from "../common/server/press.js"
import { t } from "../common/words.js"
import * as words from "../common/words.js"

/** What a text may be looked at for: the server takes these alone. */
export const PURPOSES = ["handling", "review", "supervision", "request"]

/** What is said where nothing was opened, by the status of the answer; else that a part is away. */
const REFUSALS = new Map([[401, "session"], [403, "right"], [404, "place"], [409, "place"], [410, "place"]])

/** @typedef {{ alert: string, place: Sent.Place, path?: string, reference?: Sent.Sealed } | { entry: string, path: string }} Asked */
/** @typedef {"look" | "reveal" | "entry/look"} Way which address is asked */
/** @typedef {{ path: string, name: Sent.Text, value: string | number | boolean }} Revealed */

/**
 * What an answer says: `text` opened, `state` another word in its place, or `sorry` that nothing was opened, and why.
 * @param {number} status 0 where none came
 * @param {any} body
 * @returns {{ kind: "text" | "state" | "sorry", says: string }}
 */
export function outcome(status, body) {
  if (status === 200 && body?.fields) return { kind: "text", says: body.fields.map((/** @type {Revealed} */ { name, value }) => `${words.pick(name)} ${value}`).join(" · ") }
  if (status !== 200 || !body?.shown) return { kind: "sorry", says: t(`look.${REFUSALS.get(status) ?? "away"}`) }
  return { kind: body.state === "open" ? "text" : "state", says: words.pick(body.shown) }
}

/**
 * Whether a person may look at texts about an alert; the server looks again.
 * @param {Sent.Person | undefined} person
 * @param {Sent.Alert} alert
 */
export const mayLook = (person, alert) => !whyNot(person, "look", [alert.department.id], alert.adcode ?? "")

/** The looks at the texts of the alert that is shown: one for each text, which stays when its row is drawn again. */
export class Looks {
  /** @type {Map<string, Look>} */
  looks = new Map()

  /**
   * What stands beside a sealed text, or a record in which something is masked.
   * @param {Asked} asked
   * @param {string} where in which part of the page: a node stands in one place
   * @param {Way} [way]
   */
  beside(asked, where, way = "look") {
    const name = JSON.stringify([where, asked])
    const look = this.looks.get(name) ?? new Look(asked, way)
    this.looks.set(name, look)
    return look.node
  }

  /** The alert is left: no text of it stays. */
  clear() {
    for (const look of this.looks.values()) look.close()
    this.looks.clear()
  }

  /**
   * Take a question back whose buttons have the keyboard; whether there was one.
   * @param {HTMLElement} target
   */
  back(target) {
    const look = [...this.looks.values()].find(({ node }) => node.contains(target))
    if (!look?.asking) return false
    look.offer()
    look.focus()
    return true
  }
}

class Look {
  asking = false
  closed = false

  /**
   * @param {Asked} asked
   * @param {Way} way
   */
  constructor(asked, way) {
    this.asked = asked
    this.way = way
    this.node = el("span", "look")
    this.node.ariaLive = "polite"
    this.offer()
  }

  /** @param {string} [sorry] why nothing was opened before */
  offer(sorry = "") {
    this.asking = false
    fill(this.node, sorry ? el("span", "sorry", sorry) : null, button("view", () => this.ask(), t("look.view")))
  }

  ask() {
    this.asking = true
    const choices = PURPOSES.map((purpose) => button("view", () => this.send(purpose), t(`look.${purpose}`)))
    const group = el("span", "purposes", t("look.purpose"), ...choices, button("view", () => this.offer(), t("look.back")))
    group.role = "group"
    group.ariaLabel = t("look.purpose")
    fill(this.node, group)
    this.focus()
  }

  /** @param {string} purpose */
  async send(purpose) {
    this.asking = false
    fill(this.node, t("look.asking"))
    const answer = await post(this.way, { ...this.asked, purpose })
    const body = await answer?.json().catch(() => null)
    if (this.closed) return
    const { kind, says } = outcome(answer?.status ?? 0, body)
    if (kind === "sorry") this.offer(says)
    else fill(this.node, el("b", kind, says))
  }

  focus() {
    this.node.querySelector("button")?.focus()
  }

  close() {
    this.closed = true
    this.node.replaceChildren()
  }
}
