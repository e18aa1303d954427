/* One order as it stood at the moment, beside the alert that it is about: its state, clocks, receivers and trail; what came later in
   grey. Nothing can be done here. */

import { button, el, fill, head, say } from "../common/dom.js"
import { glyph } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { clockName, dueWords, limitWords, sure } from "../orders/clock.js"
import { happenedTo } from "../orders/side.js"
import { stood } from "./past_orders.js"

/** @typedef {import("./time/film.js").Film} Film */

export class OrderStory {
  /** @type {string | null} */
  look

  /**
   * @param {() => void} close
   * @param {(at: number) => void} seek
   */
  constructor(close, seek) {
    this.seek = seek
    this.title = el("h2")
    this.place = el("p", "place")
    this.stand = el("p", "stand")
    this.clocks = el("div", "told")
    this.lines = el("div", "told")
    this.trail = el("div")
    const top = el("div", "top", el("i", "dash"), el("div", "", this.title, this.place), button("plain", close, `${t("story.close")} ✕`))
    this.node = el("section", "story order", top, this.stand, this.clocks, this.lines, this.trail)
    this.node.hidden = true
    this.node.ariaLabel = t("replay.order_story")
  }

  /**
   * @param {string | null} id
   * @param {Film} film
   * @param {number} at
   */
  show(id, film, at) {
    this.node.hidden = id === null
    if (id === null) return
    const told = stood(id, at, film)
    const trail = film.trail(id)
    const look = JSON.stringify([id, told?.order.entry, told?.lines.map(({ entry }) => entry), trail.length, trail.filter((entry) => entry.at <= at).length, film.whole, Math.floor(at / 60_000)])
    if (look === this.look) return
    this.look = look
    if (!told) return this.nothing(film, film.life(id).length > 0)
    const { order, lines } = told
    say(this.title, words.pick(order.title))
    say(this.place, [words.pick(order.kind_title), order.number, words.pick(order.issuer_name), order.matter].filter(Boolean).join(" · "))
    say(this.stand, [words.pick(order.state_title), order.urgent ? t("orders.urgent") : "", `${t("orders.round")} ${order.round}`, order.proposed ? t("orders.proposed") : ""].filter(Boolean).join(" · "))
    this.node.classList.toggle("absent", order.ended)
    fill(this.clocks, ...(order.clocks.length ? [clocks(order.clocks)] : []))
    fill(this.lines, head(t("orders.receivers")).node, ...lines.map(line))
    this.history(trail, lines, at, film)
  }

  /**
   * @param {Film} film
   * @param {boolean} later
   */
  nothing(film, later) {
    say(this.title, t(later ? "replay.not_yet" : film.whole ? "replay.unknown_order" : "replay.reading"))
    for (const part of [this.place, this.stand]) say(part, "")
    for (const part of [this.clocks, this.lines, this.trail]) fill(part)
  }

  /**
   * What had happened, then in grey what came later. A press on an entry goes to its moment.
   * @param {Sent.PastEntry[]} trail
   * @param {Sent.PastLine[]} lines
   * @param {number} at
   * @param {Film} film
   */
  history(trail, lines, at, film) {
    const items = trail.map((entry) => {
      const unit = lines.find(({ n }) => n === entry.line)
      const go = button("entry", () => this.seek(entry.at))
      const who = entry.actor ? words.who(entry.actor) : t("desk.system")
      const text = happenedTo(entry, unit ? words.pick(unit.unit_name) : "")
      go.append(el("time", "", words.date(entry.at) === words.date(at) ? words.clock(entry.at) : words.moment(entry.at)), el("span", "", text, el("small", "", who)))
      return el("li", entry.at > at ? "later" : "", go)
    })
    const first = items.findIndex((item) => item.className === "later")
    if (first >= 0) items.splice(first, 0, el("li", "divide", t("replay.later")))
    const told = head(t("story.history"), trail.length ? "" : t("replay.no_entries"), film.whole ? "" : t("replay.reading"))
    fill(this.trail, told.node, el("ol", "", ...items))
  }
}

/**
 * A receiver: who it is, how it stands, and its clocks.
 * @param {Sent.PastLine} each
 */
function line(each) {
  const signed = each.signed === null ? "" : `${t("orders.signed")} ${words.moment(each.signed)}`
  const urged = each.urged ? `${t("order_over.urged")} ${each.urged}` : ""
  const stands = [t(`order_line.${each.state}`), signed, urged].filter(Boolean).join(" · ")
  const node = el("div", `receiver ${each.ended ? "ended" : ""}`, el("b", "", `${t(`order_part.${each.part}`)} ${words.pick(each.unit_name)}`), el("small", "", stands), each.clocks.length ? clocks(each.clocks) : null)
  node.dataset.line = each.n
  return node
}

/** @param {Sent.PastClock[]} all */
function clocks(all) {
  return el("dl", "", ...all.flatMap((clock) => {
    const { met, dropped, late, warned, due, limit, provisional } = clock
    const mark = met || dropped ? null : late ? glyph("red", { size: 12 }) : warned ? glyph("yellow", { size: 12 }) : null
    const end = met ? `${words.moment(Date.parse(met))} · ${t(late ? "orders.was_late" : "orders.in_time")}` : dropped ? "—" : `${t("orders.due")} ${dueWords(due)}`
    const rest = [limitWords(limit), provisional ? t("orders.provisional") : "", sure(clock)].filter(Boolean).join(" · ")
    return [el("dt", "", clockName(clock, undefined)), el("dd", "", mark, el("span", "", end), el("small", "", rest))]
  }))
}
