import assert from "node:assert/strict"
import { test } from "node:test"
import { exportParams } from "../../screen/static/oversight/exports.js"
import { leftOut, line, misses, value, worse } from "../../screen/static/oversight/figure.js"
import { asked, caseQuery, compared, length, months, opened, openedWord, preset, read, shift, written } from "../../screen/static/oversight/query.js"

const figure = (more) => ({ count: 9, of: 10, excluded: {}, share: 0.9, low: 0.6, high: 0.98, hours: null, open: null, ...more })

test("months go over the ends of years; a period is compared with as many months before it, and with the year before", () => {
  assert.equal(shift("2026-01", -1), "2025-12")
  assert.equal(shift("2025-12", 1), "2026-01")
  assert.equal(length({ since: "2025-11", until: "2026-02" }), 4)
  assert.deepEqual(compared({ since: "2026-01", until: "2026-03" }), { before: { since: "2025-10", until: "2025-12" }, year_before: { since: "2025-01", until: "2025-03" } })
  assert.deepEqual(months("2025-11", "2026-01"), ["2026-01", "2025-12", "2025-11"])
})

test("buttons stand for this month, the last, the quarter and the year so far", () => {
  const day = "2026-05-24"
  assert.deepEqual(["month", "last", "quarter", "year"].map((name) => preset(name, day)), [
    { since: "2026-05", until: "2026-05" },
    { since: "2026-04", until: "2026-04" },
    { since: "2026-04", until: "2026-05" },
    { since: "2026-01", until: "2026-05" },
  ])
})

test("the address holds what is asked for; what cannot be is left out", () => {
  const query = read(new URLSearchParams("from=2026-01&to=2026-03&unit=zz-ee&by=district&open=late&own=yes"))
  assert.deepEqual([query.since, query.until, query.unit, query.by, query.open, query.own], ["2026-01", "2026-03", "zz-ee", "district", "late", "1"])
  assert.deepEqual(Object.fromEntries(written(query).filter(([, each]) => each)), { from: "2026-01", to: "2026-03", unit: "zz-ee", own: "1", by: "district", open: "late" })
  assert.equal(read(new URLSearchParams("from=2026-03&to=2026-01")).since, "")
  assert.equal(read(new URLSearchParams("from=2026-13&to=2026-14")).since, "")
  assert.equal(read(new URLSearchParams("by=figure")).by, "unit")
  assert.equal(asked({ unit: "", kind: "request", offset: 0, descending: false }), "kind=request&offset=0")
})

test("which cases are open is one word of the address, and narrows to the row's key", () => {
  const row = { measure: "request-handled", behind: "rest", since: "2026-01", until: "2026-03", way: "unit", key: "zz-ee" }
  assert.deepEqual(opened(openedWord(row)), row)
  assert.deepEqual(opened(openedWord({ group: "late" })), { group: "late" })
  assert.equal(openedWord(null), "")
  assert.equal(opened(""), null)
  const query = read(new URLSearchParams("unit=zz-um&kind=request"))
  assert.equal(caseQuery(query, row).unit, "zz-ee")
  assert.equal(caseQuery(query, row).kind, "request")
  assert.equal(caseQuery(query, { ...row, way: "district", key: "" }).district, "-", "cases without a place are not the cases of all places")
  assert.deepEqual([caseQuery(query, { ...row, way: "month", key: "2026-02" })].map(({ since, until }) => [since, until]), [["2026-02", "2026-02"]])
  assert.equal(caseQuery(query, { group: "recent", way: "matter", key: "噪声", kind: "rating" }).kind, "rating")
})

test("an export asks for the very cases that are shown", () => {
  const query = read(new URLSearchParams("domain=service"))
  assert.deepEqual(exportParams(query, { group: "late" }, "月度分析"), {
    measure: "", behind: "rest", reason: "", group: "late", since: "", until: "", purpose: "月度分析",
    scope: { units: null, unit_kinds: null, districts: null, domains: ["service"], kinds: null, matters: null },
  })
  const row = exportParams(query, { measure: "m", behind: "left-out", reason: "moved", since: "2026-01", until: "2026-01", way: "district", key: "" }, "a")
  assert.deepEqual([row.measure, row.behind, row.reason, row.scope.districts], ["m", "left-out", "moved", [""]])
})

test("a figure of assessment misses its target by itself, one of analysis by its whole interval, and what was not due never", () => {
  const measure = { target: 95, direction: "higher", reading: "assessment" }
  assert.equal(misses(figure(), measure), true)
  assert.equal(misses(figure(), { ...measure, reading: "analysis" }), false)
  assert.equal(misses(figure({ high: 0.94 }), { ...measure, reading: "analysis" }), true)
  assert.equal(misses(figure({ share: 0.03, low: 0.01, high: 0.08 }), { target: 2, direction: "lower", reading: "assessment" }), true)
  assert.equal(misses(figure({ share: 0.03, low: 0.01, high: 0.08 }), { target: 2, direction: "lower", reading: "analysis" }), false)
  assert.equal(misses(figure({ of: 0, share: null, low: null, high: null }), measure), false)
  assert.equal(misses(figure(), { ...measure, target: null }), false)
})

test("where nothing was due there is a dash, never 100 %", () => {
  assert.equal(value(figure({ of: 0, count: 0, share: null }), { unit: "%" }), "—")
  assert.equal(value(figure(), { unit: "%" }), "90.0")
  assert.equal(value(figure({ hours: 12.34 }), { unit: "h" }), "12.3")
  assert.equal(leftOut(figure({ excluded: { moved: 2, void: 1 } })), 3)
})

test("one is first shown the cases that were not as they should be", () => {
  assert.deepEqual([worse({ unit: "%", direction: "higher" }), worse({ unit: "%", direction: "lower" }), worse({ unit: "h", direction: "lower" })], ["rest", "numerator", "rest"])
})

test("a line of months has a gap where nothing was due", () => {
  assert.equal(line([1, null, 2, 3], (n) => n, (each) => each), "M0.0 1.0M2.0 2.0L3.0 3.0")
})
