/* The lists of the leader's page: what waits longest, what comes again and again, repeated returns, supervision. */

import { button, el, fill, head } from "../common/dom.js"
import { glyph } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

/**
 * Where an order's story is.
 * @param {string} id
 */
export const storyAt = (id) => `/orders?order=${encodeURIComponent(id)}&lang=${words.language}`

/**
 * The way to an order's story.
 * @param {Sent.CaseTold} order
 * @param {string} className
 * @param {(Node | string | null)[]} children
 */
export function storyOf({ order: id, title }, className, ...children) {
  if (title === null) return el("span", className, ...children)
  const node = el("a", className, ...children)
  node.href = storyAt(id)
  return node
}

/**
 * What an order is called; its number where its title is not for who looks, or the screen has it no more.
 * @param {Sent.CaseTold} order
 */
export const nameOf = ({ title, number }) => (title === null ? number : words.pick(title))

const DAY = 86_400_000

/**
 * Whole days between two moments.
 * @param {string} from
 * @param {number} now
 */
export const days = (from, now) => Math.max(0, Math.floor((now - Date.parse(from)) / DAY))

/**
 * How an order stands to its limit: past it with its shape, or what is left.
 * @param {Sent.CaseTold} order
 * @param {number} now
 */
export function limitOf({ due, done }, now) {
  if (!due) return el("span", "limit", t("oversight.no_limit"))
  const at = Date.parse(due)
  if (done) return el("span", "limit", `${t("oversight.done")} ${words.moment(Date.parse(done))}`)
  if (at < now) return el("span", "limit late", glyph("orange", { size: 12 }), ` ${t("oversight.over")} ${words.duration(now - at)}`)
  return el("span", "limit", `${t("oversight.left")} ${words.duration(at - now)}`)
}

/**
 * The word of the state of a receiver's line, of an order as a whole, or of what facts tell.
 * @param {Sent.CaseTold} each
 * @param {Sent.OversightBook} book
 */
export function stateOf({ order: id, line, state, kind }, book) {
  if (!id) return t(`oversight.fact_${words.key(state)}`)
  return line ? words.word(`order_line.${words.key(state)}`) || state : words.pick(book.kinds[kind]?.states[state]) || state
}

class Panel {
  /**
   * @param {string} name
   * @param {() => void} [all] opens all of the list
   */
  constructor(name, all) {
    const top = head(t(`oversight.${name}`), name === "frequent" ? "" : t(`oversight.${name}_note`))
    this.small = top.small
    if (all) top.end.append(button("all", all, t("oversight.all")))
    this.body = el("ul", "body")
    this.node = el("section", name, top.node, this.body)
    this.node.ariaLabel = t(`oversight.${name}`)
  }

  /**
   * @param {(Element | string)[]} rows
   * @param {string} none what is said where there are none
   */
  fill(rows, none) {
    fill(this.body, ...(rows.length ? rows.map((row) => el("li", "", row)) : [el("li", "none", none)]))
  }
}

export class Lists {
  /**
   * `open(opened)` is called for the cases behind a list or a count.
   * @param {(opened: import("./query.js").Opened) => void} open
   */
  constructor(open) {
    this.open = open
    this.oldest = new Panel("oldest", () => open({ group: "open" }))
    this.frequent = new Panel("frequent")
    this.supervision = new Panel("supervision", () => open({ group: "supervision" }))
    this.returned = new Panel("returned", () => open({ group: "returned" }))
  }

  /**
   * @param {Sent.LeadPage} page
   * @param {Sent.OversightBook} book
   */
  show(page, book) {
    const now = Date.parse(page.state.at)
    const none = t(page.lists ? "oversight.none" : "oversight.not_yours")
    this.oldest.fill(page.oldest.map((each) => order(each, book, now, `${days(each.begun, now)} ${t("unit.day")}`)), none)
    this.supervision.fill(page.supervision.map((each) => order(each, book, now, "")), none)
    this.returned.fill(page.returned.map((each) => order(each, book, now, t("oversight.times").replace("{}", String(each.returns)))), none)
    const most = Math.max(1, ...page.frequent.map(({ count, mean }) => Math.max(count, mean ?? 0)))
    const rising = new Set(page.rising.map(({ kind, matter }) => `${kind}/${matter}`))
    this.frequent.fill(page.frequent.map((each) => this.matter(each, most, rising.has(`${each.kind}/${each.matter}`), book)), t("oversight.none"))
    const { days: window, windows, times, mark } = page.defaults
    const filled = (/** @type {string} */ text) => text.replaceAll("{days}", String(window)).replace("{windows}", String(windows)).replace("{times}", String(times)).replace("{mark}", mark)
    this.frequent.small.textContent = filled(t("oversight.frequent_note"))
    this.frequent.node.title = filled(t("oversight.rising_note"))
  }

  /**
   * How often a matter came in against its own earlier mean.
   * @param {Sent.MatterCount} of
   * @param {number} most
   * @param {boolean} rising
   * @param {Sent.OversightBook} book
   */
  matter({ kind, matter, count, mean }, most, rising, book) {
    const bar = el("i", rising ? "bar yellow" : "bar")
    bar.style.width = `${((100 * count) / most).toFixed(1)}%`
    const tick = mean === null ? null : el("i", "tick")
    if (tick && mean !== null) tick.style.left = `${((100 * mean) / most).toFixed(1)}%`
    const node = button("matter", () => this.open({ group: "recent", way: "matter", key: matter, kind }))
    const title = book.kinds[kind]?.title
    node.append(
      el("span", "mark", rising ? glyph("yellow", { size: 12 }) : ""),
      el("span", "two", el("b", "", matter || t("oversight.no_matter")), el("small", "", title ? words.pick(title) : kind)),
      el("b", "n", words.number(count)),
      el("small", "n", mean === null ? "—" : words.number(mean)),
      el("span", "scale", bar, tick),
    )
    return node
  }
}

/**
 * An order in a list: its name, unit and state, how it stands to its limit.
 * @param {Sent.CaseTold} each
 * @param {Sent.OversightBook} book
 * @param {number} now
 * @param {string} figure
 */
function order(each, book, now, figure) {
  const kind = book.kinds[each.kind]
  return storyOf(each, "order", el("span", "two", el("b", "", nameOf(each)), el("small", "", [words.pick(each.unit_name), kind && words.pick(kind.title), stateOf(each, book)].filter(Boolean).join(" · "))), el("span", "two r", el("b", "", figure), limitOf(each, now)))
}
