/* Beside a type: how its sources do now, which rules read it and what comes of them, its uses, the directory's versions. */

import { button, el, fill, head } from "../common/dom.js"
import { glyph } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { Ask } from "./ask.js"
import { clockLine, period } from "./requests.js"

/** Sources and rules that are listed; the others are counted. */
const MOST_SOURCES = 8
const MOST_RULES = 12

/** @type {Sent.DirectoryStep["step"][]} */
const STEPS = ["drafted", "consented", "agreed", "reviewed", "published"]

export class Side {
  /**
   * `asked()` is called when a person has asked for a type; `open(id)` shows a request.
   * @param {() => void} asked
   * @param {(id: string) => void} open
   */
  constructor(asked, open) {
    this.open = open
    this.ask = new Ask(asked)
    this.parts = ["sources", "lineage", "uses", "versions"].map((name) => {
      const { node: top, small, end } = head(t(`directory.${name}`))
      const body = el("div", "body")
      const node = el("section", name, top, body)
      node.ariaLabel = t(`directory.${name}`)
      return { node, small, end, body }
    })
    this.register = el("div", "register")
    this.node = el("div", "side", ...this.parts.map(({ node }) => node))
  }

  /**
   * @param {Sent.DirectoryType} type
   * @param {string} field the chosen one
   * @param {Sent.DirectoryNow} now
   * @param {string} version of the program
   */
  show(type, field, now, version) {
    const [sources, lineage, uses, versions] = this.parts
    this.sources(sources, type, now)
    this.lineage(lineage, type, field, now)
    this.uses(uses, type, now.sharing)
    this.versions(versions, now, version)
  }

  /**
   * @param {Side["parts"][number]} part
   * @param {Sent.DirectoryType} type
   * @param {Sent.DirectoryNow} now
   */
  sources({ small, end, body }, type, now) {
    const ours = now.sources.filter((source) => source.type === type.type)
    const window = ours[0]?.window ?? 0
    small.textContent = `${ours.length} · ${t("directory.last")} ${words.duration(window)}`
    end.textContent = now.now ? words.clock(now.now) : ""
    const heads = el("div", "heads source", ...["source_name", "rate", "seen", "late_by", "bad_share", "correction"].map((name) => el("span", "", t(`directory.${name}`))))
    const rows = ours.slice(0, MOST_SOURCES).map((source) => sourceRow(source, now))
    const rest = ours.length > MOST_SOURCES ? el("p", "none", t("directory.more").replace("{}", String(ours.length - MOST_SOURCES))) : null
    const none = ours.length ? null : el("p", "none", t(now.trouble ? "directory.unread" : "directory.no_source"))
    fill(body, ours.length ? heads : null, ...rows, rest, none)
  }

  /**
   * @param {Side["parts"][number]} part
   * @param {Sent.DirectoryType} type
   * @param {string} field
   * @param {Sent.DirectoryNow} now
   */
  lineage({ small, end, body }, type, field, now) {
    const rules = now.readers[type.type] ?? []
    const name = field.split(".").pop() ?? ""
    const open = rules.reduce((sum, { id }) => sum + (now.open[id] ?? 0), 0)
    small.textContent = `${t("directory.read_by")} ${rules.length}`
    end.textContent = `${t("directory.puts_out")} ${open}`
    const sorted = [...rules].sort((one, other) => Number(other.items.includes(name)) - Number(one.items.includes(name)) || (now.open[other.id] ?? 0) - (now.open[one.id] ?? 0))
    const rows = sorted.slice(0, MOST_RULES).map((rule) => ruleRow(rule, rule.items.includes(name), now.open[rule.id] ?? 0))
    const rest = rules.length > MOST_RULES ? el("p", "none", t("directory.more").replace("{}", String(rules.length - MOST_RULES))) : null
    const nobody = rules.length || type.lineage.into.length ? null : el("p", "none", t(now.book ? "directory.no_reader" : "directory.no_book"))
    fill(body, ...rows, rest, nobody, ...comesOf(type, name))
  }

  /**
   * The use register: uses that the directory names, and those that were granted in this log; below, the way to ask.
   * @param {Side["parts"][number]} part
   * @param {Sent.DirectoryType} type
   * @param {Sent.Sharing} sharing
   */
  uses({ small, end, body }, type, sharing) {
    const known = type.uses.map(({ unit, scene, since }) => el("p", "row", el("b", "", unit), " ", words.pick(scene), el("small", "", since)))
    const granted = sharing.requests.filter((each) => each.granted && each.type === type.type)
    const rows = granted.map((each) => {
      const row = button("row use", () => this.open(each.id))
      row.append(el("span", "two", el("b", "", words.pick(each.unit)), el("small", "", each.purpose)), el("span", "two", el("b", "", t(`sharing.state_${each.state}`)), el("small", "", period(each))))
      return row
    })
    small.textContent = `${t(`directory.sharing_${type.sharing}`)} · ${t("directory.kept_3")}`
    end.textContent = String(known.length + rows.length)
    this.ask.show(type, sharing)
    const none = known.length + rows.length ? null : el("p", "none", t("directory.no_uses"))
    fill(this.register, el("p", "", `${t("directory.condition")} `, words.pick(type.condition)), ...known, ...rows, none)
    if (!body.contains(this.register)) fill(body, this.register, this.ask.node)
  }

  /**
   * @param {Side["parts"][number]} part
   * @param {Sent.DirectoryNow} now
   * @param {string} version
   */
  versions({ small, end, body }, { versions }, version) {
    const force = versions.find((each) => each.in_force)
    const ours = versions.find((each) => each.version === version)
    small.textContent = `${t("directory.program")} ${version.slice(0, 8)}`
    end.textContent = force ? `${t("directory.in_force")} ${force.version.slice(0, 8)}` : t("directory.none_in_force")
    const shown = ours ?? versions.at(-1)
    const taken = STEPS.filter((name) => name !== "consented" || shown?.steps.some(({ step }) => step === name))
    const bars = taken.map((name) => {
      const done = shown?.steps.find(({ step }) => step === name)
      const state = !done ? "todo" : shown?.state === name ? "cur" : "done"
      const words_ = done ? [words.date(Date.parse(done.at)), words.pick(done.unit)] : ["—", ""]
      return el("div", `step ${state}`, el("i"), el("b", "", t(`directory.step_${name}`)), ...words_.map((each) => el("small", "", each)))
    })
    const clocks = (shown?.clocks ?? []).map(clockLine)
    fill(body, el("div", "steps", ...bars), ...clocks, shown ? null : el("p", "none", t("directory.not_drafted")))
  }
}

/**
 * What is made of a type, and what is measured of it; measures that read the chosen field in bold.
 * @param {Sent.DirectoryType} type
 * @param {string} field
 */
function comesOf({ lineage }, field) {
  const into = lineage.into.map(({ title, by }) => `${words.pick(title)}${by ? ` · ${words.pick(by)}` : ""}`)
  const made = into.length ? el("p", "none", `${t("directory.made_into")} ${into.join(" · ")}`) : null
  const measured = lineage.measures.map(({ title, fields, puts_title }) =>
    el(
      "p",
      "none",
      `${t("directory.measured")} `,
      el(fields.includes(field) ? "b" : "span", "", words.pick(title)),
      puts_title ? el("small", "", ` → ${words.pick(puts_title)}`) : null,
    ),
  )
  return [made, ...measured]
}

/**
 * @param {Sent.SourceHealth} source
 * @param {Sent.DirectoryNow} now
 */
function sourceRow(source, now) {
  const { count, fault, origin, road } = source
  const by = road ? ` · ${t(`directory.road_${road}`)}` : ""
  const late = source.allowance === null ? "" : ` / ${words.number(source.allowance / 1000, 0)}`
  return el(
    "div",
    "row source",
    el("span", "two", el("b", "", source.source), el("small", "", `${t(`directory.origin_${origin}`)}${by} · ${words.pick(now.owners[source.provider])}`)),
    rate(source),
    el("span", "", ago(now.now - source.last)),
    el("span", "", ...marked(fault === "late", words.number(source.late / 1000, 0)), el("small", "", `${late} ${t("unit.second")}`)),
    el("span", "", ...marked(fault === "bad", count ? words.number((100 * source.bad) / count, 1) : "—")),
    el("span", "", orderOf(source, now) ?? "—"),
  )
}

/**
 * What came against what should: a bar with a tick at what should, and both numbers.
 * @param {Sent.SourceHealth} source
 */
function rate({ count, expected, fault }) {
  const few = fault === "few" || fault === "silent" ? "orange" : ""
  const bar = el("i", `rate ${few}`)
  bar.style.width = expected ? `${Math.round((100 * Math.min(count / expected, 1.2)) / 1.2)}%` : "0"
  const numbers = el("small", "", el("b", few, words.number(count, 0)), expected === null ? "" : ` / ${words.number(expected, 0)}`)
  return el("span", "two", el("span", "scale", bar, expected ? el("i", "tick") : null), numbers)
}

/**
 * A figure, with a shape where it is past its limit.
 * @param {boolean} past
 * @param {string} figure
 */
const marked = (past, figure) => [past ? glyph("yellow", { size: 12 }) : "", el("b", past ? "yellow" : "", figure)]

/**
 * The way to the open order by which whoever provides the data must correct them.
 * @param {Sent.SourceHealth} source
 * @param {Sent.DirectoryNow} now
 */
function orderOf({ provider }, { corrections }) {
  const [order] = corrections[provider] ?? []
  if (!order) return null
  const link = el("a", "", `${t("directory.order")} ${order.number.slice(-4)}`)
  link.href = `/orders?order=${encodeURIComponent(order.id)}&lang=${words.language}`
  return link
}

/** @param {number} ms */
const ago = (ms) => (ms < 60_000 ? `${Math.max(Math.round(ms / 1000), 0)} ${t("unit.second")}` : words.duration(ms))

/**
 * @param {Sent.DirectoryReader} rule
 * @param {boolean} ours whether it judges the chosen field
 * @param {number} open
 */
function ruleRow({ id, row, title, severity, phase }, ours, open) {
  const node = el("a", ours ? "rule ours" : "rule", glyph(severity, { phase, size: 14 }), el("span", "id", row), el("span", "t", words.pick(title)), el("b", open ? "" : "z", String(open)))
  node.href = `/rules?rule=${encodeURIComponent(id)}&lang=${words.language}`
  return node
}
