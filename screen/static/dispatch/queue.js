/* The dispatcher's seat on the page of orders: what waits for a decision, and beside a filed matter its proposal, its duplicates and what is like it. */

import { button, el, fill, say } from "../common/dom.js"
import { get } from "../common/server/get.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { whyNot } from "../orders/form.js"
import { part } from "./parts.js"

/** Milliseconds after which the queue, and the proposal of a matter, are asked for again. */
const [QUEUE, MATTER] = [3_000, 10_000]

export class Dispatcher {
  /** @type {Sent.Queue | null} */
  told = null
  /** @type {Sent.Matter | null} */
  matter = null
  asked = -Infinity
  /** @type {string} the matter that was asked for last */
  id = ""
  drawn = ""

  /**
   * `open(id)` shows an order, or a line of one; `acts` sends what is decided.
   * @param {(id: string) => void} open
   * @param {import("../orders/acts.js").OrderActs} acts
   */
  constructor(open, acts) {
    this.open = open
    this.acts = acts
    this.returns = part(t("queue.returns"), "returns")
    this.filed = part(t("queue.filed"), "filed")
    this.loads = part(t("queue.loads"), "loads")
    this.node = el("section", "queue", ...[this.returns, this.filed, this.loads].map(({ node }) => node))
    this.node.ariaLabel = t("queue.title")
    this.proposal = part(t("queue.proposal"), "proposal")
    this.proposal.node.hidden = true
    this.node.hidden = true
  }

  /**
   * @param {Sent.OrderStory | null} told the order that is shown; null: none
   * @param {Sent.Person | undefined} person
   * @param {{ stale: boolean, chosen: boolean }} more `chosen`: whether one is
   */
  show(told, person, { stale, chosen }) {
    const sends = Boolean(person?.may.includes("order.dispatch"))
    const filed = sends && told ? matterOf(told) : ""
    this.node.hidden = !sends || chosen
    this.proposal.node.hidden = !filed || this.matter?.order.id !== filed
    if (!sends || stale || (chosen && !filed)) return
    this.refresh(filed)
    const key = JSON.stringify([this.told, this.matter, told?.offers, this.acts.of(filed)?.state])
    if (key !== this.drawn) this.draw(told)
    this.drawn = key
  }

  /**
   * Ask for what is too old: the queue, or the proposal of the matter that is shown.
   * @param {string} filed
   */
  refresh(filed) {
    if (filed !== this.id) Object.assign(this, { id: filed, matter: null, asked: -Infinity })
    if (performance.now() - this.asked > (filed ? MATTER : QUEUE)) this.ask(filed)
  }

  /** @param {Sent.OrderStory | null} told */
  draw(told) {
    if (this.matter && told) this.propose(this.matter, told)
    else if (this.told) this.queue(this.told)
  }

  /** @param {string} filed */
  async ask(filed) {
    this.asked = performance.now()
    const { status, body } = await get(filed ? `dispatch/${encodeURIComponent(filed)}` : "dispatch/queue")
    if (status !== 200 || filed !== this.id) return
    if (filed) this.matter = body
    else this.told = body
  }

  /** @param {Sent.Queue} found */
  queue({ returns, filed, loads }) {
    say(this.returns.small, t("queue.returns_by"))
    say(this.returns.end, String(returns.count))
    fill(this.returns.body, ...rows(returns.rows.map((each) => this.returned(each))))
    say(this.filed.end, String(filed.count))
    fill(this.filed.body, ...rows(filed.rows.map((each) => this.row(each, each.id, words.moment(each.opened), ""))))
    say(this.loads.small, t("queue.loads_by"))
    const busy = loads.map(({ name, load }) => el("tr", "", el("td", "", words.pick(name)), el("td", "n", `${t("dispatch.open")} ${load.open} · ${t("dispatch.unsigned")} ${load.unsigned}`)))
    fill(this.loads.body, ...rows(busy))
  }

  /** @param {Sent.Returned} each */
  returned(each) {
    const proposed = each.proposed_name ? `${t("queue.proposed")} ${words.pick(each.proposed_name)}` : ""
    const said = [words.pick(each.unit), each.clause, proposed, each.decision ? t(`queue.${each.decision}`) : ""].filter(Boolean).join(" · ")
    return this.row(each, `${each.id}/${each.line}`, each.due === null ? words.moment(each.asked) : `${t("queue.due")} ${words.moment(each.due)}`, said)
  }

  /**
   * @param {Sent.Waiting} each
   * @param {string} id
   * @param {string} at
   * @param {string} said
   */
  row(each, id, at, said) {
    const press = button("open", () => this.open(id))
    press.append(el("b", "", words.pick(each.title)), el("i", "", [each.number, said].filter(Boolean).join(" · ")))
    return el("tr", "", el("td", "", press), el("td", "n", at))
  }

  /**
   * The proposal with its basis, and what may be merged or is like it.
   * @param {Sent.Matter} found
   * @param {Sent.OrderStory} told
   */
  propose(found, told) {
    const { receivers, duplicates, likes, order } = found
    const { candidates, barred, why } = receivers
    say(this.proposal.small, receivers.upward ? t("dispatch.upward") : receivers.basis)
    say(this.proposal.end, words.pick(receivers.sender_name))
    const names = candidates.map((each) => el("li", "", el("span", "", t(`order_part.${each.part}`)), el("b", "", words.pick(each.name)), el("i", "", `${t("dispatch.open")} ${each.load.open} · ${t("dispatch.unsigned")} ${each.load.unsigned}`)))
    const nots = barred.map((each) => el("li", "off", el("span", "", t("dispatch.barred")), el("b", "", words.pick(each.name)), el("i", "", `${words.pick(each.sentence)}；${words.pick(each.instead)}`)))
    const same = duplicates.map((each) => {
      const press = button("merge", () => this.send(order.id, "merge", told, { clause: each.id, reason: `${t("queue.merge")} ${each.number}` }), t("queue.merge"))
      press.disabled = !may(told, "merge") || this.acts.underway(order.id)
      return el("li", "", el("span", "", t("queue.duplicates")), this.way(each), press)
    })
    const alike = likes.rows.map((each) => el("li", "", el("span", "", t("queue.likes")), this.way(each), el("i", "", t(`dispatch_like.${each.why}`))))
    fill(this.proposal.body, el("ul", "", ...names, ...nots, ...why.map((each) => el("li", "", el("span"), el("i", "", words.pick(each)))), ...same, ...alike), this.onward(found, told))
  }

  /**
   * The press that leads on: what was not taken in yet is accepted, then it is sent as proposed; where neither may be, why.
   * @param {Sent.Matter} found
   * @param {Sent.OrderStory} told
   */
  onward({ receivers: { candidates }, order }, told) {
    const accepts = may(told, "accept")
    const data = accepts ? {} : { receivers: candidates.map(({ unit, part: role, limit }) => ({ unit, part: role, limit })) }
    const verb = accepts ? "accept" : "dispatch"
    const press = button("go", () => this.send(order.id, verb, told, data), t(`queue.${verb}`))
    const one = candidates.filter(({ part: role }) => role === "main").length === 1
    press.disabled = !may(told, verb) || (!accepts && !one) || this.acts.underway(order.id)
    const not = told.offers.find((offer) => offer.verb === verb && offer.why)
    return el("div", "onward", press, not ? el("small", "", whyNot(not, told)) : null)
  }

  /** @param {Sent.Like} each */
  way(each) {
    return button("open", () => this.open(each.id), `${each.number} ${words.pick(each.title)}`)
  }

  /**
   * @param {string} id
   * @param {string} verb
   * @param {Sent.OrderStory} told
   * @param {Record<string, unknown>} data
   */
  send(id, verb, told, data) {
    this.acts.send(id, verb, { seen: told.order.audit, ...data })
  }
}

/**
 * Whether an act may be done now.
 * @param {Sent.OrderStory} told
 * @param {string} wanted
 */
const may = ({ offers }, wanted) => offers.some(({ verb, why }) => verb === wanted && !why)

/**
 * The id of an order to which nobody has been sent yet; empty for another.
 * @param {Sent.OrderStory} told
 */
const matterOf = ({ order, lines }) => (lines.length || order.closed_at ? "" : order.id)

/** @param {HTMLElement[]} lines */
const rows = (lines) => [lines.length ? el("table", "tb", ...lines) : el("p", "none", t("queue.none"))]
