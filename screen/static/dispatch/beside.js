/* The right of the sheet: the limits with their sources, the inspections of the year, what is like it, the evidence that goes with it. */

import { el, fill, option, svg } from "../common/dom.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { part } from "./parts.js"

const MONTHS = 12
const WIDE = 428

export class Beside {
  /** @param {(cause: string) => void} named called when a person names why the enterprise is inspected beyond its cap */
  constructor(named) {
    this.named = named
    this.limits = part(t("dispatch.limits"), "dues")
    this.visits = part(t("dispatch.inspections"), "visits")
    this.likes = part(t("dispatch.likes"), "likes")
    this.proof = part(t("dispatch.evidence"), "proof")
    this.node = el("div", "beside", ...[this.limits, this.visits, this.likes, this.proof].map(({ node }) => node))
  }

  /**
   * @param {Sent.Sheet} sheet
   * @param {Sent.Alert} alert
   */
  show(sheet, alert) {
    this.limits.small.textContent = t("dispatch.from_sending")
    this.limits.end.textContent = `${words.date(sheet.now).slice(5)} ${words.weekday(sheet.now)} ${words.minute(sheet.now)}`
    fill(this.limits.body, el("table", "tb", ...sheet.clocks.map(clock)), el("p", "by", t("dispatch.calendar")))
    this.inspections(sheet, alert)
    this.like(sheet.likes)
    this.proof.small.textContent = `${sheet.evidence.count} ${t("desk.entries")}`
    this.proof.end.textContent = "SHA-256"
    fill(this.proof.body, el("table", "tb", ...sheet.evidence.rows.map((each) => evidence(each, alert))))
  }

  /**
   * How often organs were at this enterprise this year: as the official platform says, and as far as orders have recorded it.
   * @param {Sent.Sheet} sheet
   * @param {Sent.Alert} alert
   */
  inspections({ inspections: found, visits, causes, credit, priority, fields, units }, alert) {
    /** @param {string} organ */
    const named = (organ) => words.pick(units.find(({ id }) => id === organ)?.name ?? organ)
    this.visits.small.textContent = words.pick(alert.name)
    this.visits.end.textContent = String(found.year)
    const sum = el("div", "sum", el("b", "", String(found.count)), el("span", "", `${t("dispatch.times")} · ${found.organs} ${t("dispatch.organs")}`), el("span", "cap", `${t("dispatch.cap")} `, el("b", "", visits.caps.map(cap).join(" · ") || t("dispatch.not_entered"))))
    sum.title = visits.caps.map(({ source }) => source).filter(Boolean).join(" · ")
    const rows = found.rows.map(({ at, organ, what, number }) => row(words.date(at).slice(5), named(organ), `${t(`order_instrument.${words.key(what)}`)}${number ? ` · ${number}` : ""}`))
    const merge = visits.merge.map((each) => row(each.month.slice(5), named(each.organ), `${t("dispatch.could_merge")} · ${each.items}`))
    fill(this.visits.body, sum, months(found.months), el("table", "tb", ...merge, ...rows), ...this.over(visits, causes, fields), ...classed(credit), ...weighed(priority), el("p", "by", t(visits.code ? "dispatch.platform_and_here" : "dispatch.recorded_here")))
  }

  /**
   * Where the cap is reached: why the enterprise may be inspected nevertheless, which a person names.
   * @param {Sent.Visits} visits
   * @param {Record<string, { title: Sent.Text, source: string }>} causes
   * @param {{ traits?: Record<string, string> }} fields
   * @returns {Node[]}
   */
  over({ caps, beyond }, causes, { traits }) {
    const short = beyond ? [el("p", "m", t("dispatch.beyond"))] : []
    if (!caps.some(({ most, made }) => most !== null && made >= most)) return short
    const chosen = traits?.inspection ?? ""
    const choice = el("select", "in", option("", t("dispatch.no_cause")), ...Object.entries(causes).map(([name, { title }]) => option(name, words.pick(title))))
    choice.value = chosen
    choice.ariaLabel = t("dispatch.no_cause")
    choice.onchange = () => this.named(choice.value)
    return [...short, el("p", "over", t("dispatch.over_cap"), choice), el("p", "by", causes[chosen]?.source ?? "")]
  }

  /** @param {Sent.Likes} found */
  like({ count, rows }) {
    this.likes.small.textContent = t("dispatch.link_not_merge")
    this.likes.end.textContent = `${t("dispatch.year")} ${count}`
    const lines = rows.map((each) => {
      const ended = each.ended === null ? t("dispatch.in_hand") : `${words.date(each.ended).slice(5)} ${t("dispatch.ended")}`
      const link = Object.assign(el("a", "", each.number || words.pick(each.title)), { href: `/orders?${new URLSearchParams({ order: each.id, lang: words.language })}` })
      return row(words.date(each.opened).slice(5), link, `${t(`dispatch_like.${each.why}`)} · ${ended}`)
    })
    fill(this.likes.body, ...(lines.length ? [el("table", "tb", ...lines)] : [el("p", "m", t("dispatch.no_likes"))]))
  }
}

/** A cap of a line of organs in words. @param {Sent.Cap} each */
const cap = ({ made, most }) => (most === null ? `${made} / ${t("dispatch.no_cap")}` : `${made} / ${most}`)

/** The class that the province's system gave the enterprise: for reference, no rating. @param {Sent.Credit | null} credit */
function classed(credit) {
  if (!credit) return []
  const text = `${t("dispatch.credit")} ${credit.grade} · ${credit.system} · ${credit.edition} · ${credit.day} · ${credit.by}`
  return [el("p", "m", text), el("p", "by", t("dispatch.credit_note"))]
}

/** What this platform itself reckons from what stands, with every part: no rating. @param {Sent.Priority | null} found */
function weighed(found) {
  if (!found) return []
  const rows = found.parts.map(({ title, each, points, cases }) => row(String(points), words.pick(title), `${cases.length} × ${each}`))
  const text = `${t("dispatch.priority")} ${found.points}`
  return [el("p", "m", found.parts.length ? text : `${text} · ${t("dispatch.priority_none")}`), ...(rows.length ? [el("table", "tb", ...rows)] : []), el("p", "by", t("dispatch.priority_note"))]
}

/** @param {Sent.Due} each */
function clock({ clock: name, part: role, limit, due, provisional, source, mark }) {
  const at = due === null ? t("dispatch.unknown_due") : `${words.due(due)}${provisional ? ` ${t("row.provisional")}` : ""}`
  const from = el("span", mark === "default" ? "default" : "", mark === "default" ? t("dispatch.default") : `${words.pick(source)}${mark === "check" ? ` ${t("dispatch.check")}` : ""}`)
  from.title = words.pick(source)
  return el("tr", "", el("td", "", `${t(`order_clock.${words.key(name)}`)}${role && role !== "main" ? ` ${t(`order_part.${role}`)}` : ""}`), el("td", "", words.pick(limit)), el("td", "", el("b", "", at)), el("td", "n", from))
}

/**
 * @param {string} first
 * @param {string | Node} second
 * @param {string} third
 */
const row = (first, second, third) => el("tr", "", el("td", "", first), el("td", "", second), el("td", "n", third))

/** @param {number[]} counts */
function months(counts) {
  const each = WIDE / MONTHS
  const drawing = svg("svg", { viewBox: `0 0 ${WIDE} 40`, class: "months", role: "img", "aria-label": t("dispatch.by_month") })
  counts.forEach((count, n) => {
    const x = n * each
    drawing.append(svg("rect", { x, y: 2, width: each - 2, height: 12, fill: count ? "var(--data)" : "none", stroke: count ? "none" : "var(--line)" }))
    drawing.append(svg("text", { x: x + each / 2 - 1, y: 33, "text-anchor": "middle" }, count > 1 ? `${n + 1}·${count}` : String(n + 1)))
  })
  return drawing
}

/**
 * @param {Sent.Evidence} each
 * @param {Sent.Alert} alert
 */
function evidence({ at, value, place, sha256 }, alert) {
  const number = value === null ? "—" : `${words.number(value, 3)} ${words.measure(alert.unit)}`
  return row(words.moment(Date.parse(at)), `${number} · ${place.partition}/${words.number(place.offset, 0)}`, words.digest(sha256))
}
