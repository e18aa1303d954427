/* Objections to figures: which unit objects to what and why, what was answered, and what it changed; the office answers here, the unit takes back. */

import { button, el, fill, head, option, say } from "../../common/dom.js"
import { post } from "../../common/server/press.js"
import * as words from "../../common/words.js"
import { t } from "../../common/words.js"
import { value, unitOf } from "../figure.js"
import { storyAt } from "../lists.js"

/** What the measuring office may answer. */
const OUTCOMES = ["left-out", "put-right", "refused"]

/** Cases of an objection that are named; the others are counted. */
const NAMED = 3

/** Characters of a reason at most, as of `streams.messages.services.appraisal.Ground`. */
export const MOST = 500

export class Objections {
  /** What is being written, by objection: it outlives a drawing. @type {Map<string, HTMLFormElement>} */
  forms = new globalThis.Map()

  /**
   * `changed()` is called once something was said.
   * @param {() => void} changed
   */
  constructor(changed) {
    this.changed = changed
    const top = head(t("oversight.objections"), t("oversight.objections_note"))
    this.end = top.end
    this.body = el("ul", "body")
    this.node = el("section", "objections", top.node, this.body)
    this.node.ariaLabel = t("oversight.objections")
  }

  /**
   * @param {Sent.OversightObjections | null | undefined} told
   * @param {Sent.OversightBook} book
   */
  show(told, book) {
    if (!told) return
    this.told = told
    this.book = book
    this.end.textContent = told.total ? words.number(told.total) : ""
    const measures = new globalThis.Map(book.measures.map((each) => [each.id, each]))
    const there = new Set(told.objections.map(({ objection }) => objection))
    for (const name of this.forms.keys()) if (!there.has(name)) this.forms.delete(name)
    if (this.body.contains(/** @type {ShadowRoot} */ (this.body.getRootNode()).activeElement)) return // somebody writes or is about to press
    const rows = told.objections.map((each) => el("li", "objection", ...this.row(each, measures.get(each.measure))))
    fill(this.body, ...(rows.length ? rows : [el("li", "none", t("oversight.none_objected"))]))
  }

  /**
   * @param {Sent.ObjectionTold} each
   * @param {Sent.MeasureTold | undefined} measure
   */
  row(each, measure) {
    const { unit_name, since, until, reason, answer, answered_at, title, figure, cases, at } = each
    const months = since === until ? since : `${since} – ${until}`
    const number = figure && measure ? ` ${value(figure, measure)} ${unitOf(measure)} · ${words.number(figure.count)} / ${words.number(figure.of)}` : ""
    const named = cases.slice(0, NAMED).map(({ order, number: known }) => (order ? Object.assign(el("a", "", known || order.slice(0, 8)), { href: storyAt(order) }) : el("span", "", known)))
    const more = cases.length > NAMED ? ` +${cases.length - NAMED}` : ""
    return [
      el("div", "what", el("b", "", words.pick(unit_name)), ` ${measure ? words.pick(measure.name) : each.measure}${number}`),
      line("said", `${reason}`, el("small", "", ` ${months} · ${words.moment(Date.parse(at))} `), ...named.flatMap((node) => [node, " "]), more),
      line("answered", answer ? `${words.pick(title)}：${answer}` : words.pick(title), answered_at ? el("small", "", ` ${words.moment(Date.parse(answered_at))}`) : null),
      line("effect", effect(each, measure)),
      ...this.acts(each),
    ]
  }

  /** @param {Sent.ObjectionTold} each */
  acts(each) {
    const { objection, may } = each
    const open = this.forms.get(objection)
    if (open) return [open]
    const begin = (/** @type {string} */ act) => button("btn small", () => this.begin(each, act), t(`oversight.${act}_objection`))
    return may.length ? [el("div", "acts", ...may.map(begin))] : []
  }

  /**
   * @param {Sent.ObjectionTold} each
   * @param {string} act `answer`, or `withdraw`
   */
  begin(each, act) {
    const outcome = el("select", "choice")
    outcome.ariaLabel = t("oversight.outcome")
    fill(outcome, ...(act === "answer" ? OUTCOMES : ["withdrawn"]).map((name) => option(name, t(`oversight.outcome_${words.key(name)}`))))
    const reason = Object.assign(el("input", "purpose"), { maxLength: MOST, required: true, placeholder: t("oversight.reason") })
    reason.ariaLabel = t("oversight.reason")
    const send = el("button", "btn go", t("oversight.submit"))
    send.type = "submit"
    const said = el("span", "said")
    said.role = "status"
    const form = el("form", "answering", outcome, reason, send, button("btn", () => this.shut(each.objection), t("oversight.cancel")), said)
    form.onsubmit = async (event) => {
      event.preventDefault()
      if (!reason.value.trim()) return
      send.disabled = true
      const answer = await post("oversight/answer", { objection: each.objection, outcome: outcome.value, reason: reason.value.trim() })
      send.disabled = false
      if (answer?.status !== 202) return say(said, await whyNot(answer))
      this.shut(each.objection)
      this.changed()
    }
    this.forms.set(each.objection, form)
    this.again()
    reason.focus()
  }

  /** @param {string} objection */
  shut(objection) {
    this.forms.delete(objection)
    this.again()
  }

  /** Draw all of it anew, though somebody was in it. */
  again() {
    const { told, book } = this
    fill(this.body)
    if (told && book) this.show(told, book)
  }
}

/**
 * Why a press was not taken, in words.
 * @param {Response | null} answer
 */
export async function whyNot(answer) {
  const body = await answer?.json().catch(() => null)
  return body?.error ?? t("act.unaccepted_why")
}

/**
 * A line of an objection: what it is, and what it says.
 * @param {string} name
 * @param {(Node | string | null)[]} parts
 */
const line = (name, ...parts) => el("div", "line", el("small", "k", t(`oversight.objection_${name}`)), el("span", "", ...parts))

/**
 * What an objection has changed, in numbers; that it changes none.
 * @param {Sent.ObjectionTold} each
 * @param {Sent.MeasureTold | undefined} measure
 */
export function effect({ figure, without, cases }, measure) {
  const changed = cases.filter((each) => each.changed).length
  if (!changed || !figure || !without || !measure) return t("oversight.no_effect")
  return `${t("oversight.corrected")} ${value(without, measure)} → ${value(figure, measure)} ${unitOf(measure)} · ${words.number(without.count)} / ${words.number(without.of)} → ${words.number(figure.count)} / ${words.number(figure.of)}`
}
