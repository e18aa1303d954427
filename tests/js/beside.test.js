import assert from "node:assert/strict"
import { test } from "node:test"
import { behindOf } from "../../screen/static/oversight/beside/beside.js"
import { along, byChance, limitPath, scales, ticks } from "../../screen/static/oversight/beside/geometry.js"
import { dayAfter, dutiesParams } from "../../screen/static/oversight/beside/other_duties.js"
import { alarmRows, misses } from "../../screen/static/oversight/beside/reckoned.js"
import { periods, weightsSum, weightsWord } from "../../screen/static/oversight/beside/periods.js"
import { isView, read } from "../../screen/static/oversight/query.js"

test("ticks of an axis are round, and within it", () => {
  assert.deepEqual(ticks(0.78, 1, 4), [0.8, 0.9, 1])
  assert.deepEqual(ticks(0, 410, 5), [0, 100, 200, 300, 400])
})

test("a funnel holds every unit, its limits and its centre, and never leaves 0 to 100 %", () => {
  const rows = [{ of: 100, share: 0.79 }, { of: 20, share: 1 }, { of: 0, share: null }]
  const curve = [{ of: 20, warning: [0.75, 1], alarm: [0.65, 1] }, { of: 100, warning: [0.84, 0.95], alarm: [0.8, 0.98] }]
  const to = scales(rows, { centre: 0.9, curve }, 540, 236)
  assert.equal(to.most, 100)
  assert.ok(to.low <= 0.65 && to.low >= 0 && to.top === 1)
  assert.ok(to.x(20) < to.x(100) && to.y(1) < to.y(0.79), "more cases stand further right, a greater share higher")
  assert.equal(limitPath(curve, "alarm", 0, to), `M${to.x(20).toFixed(1)} ${to.y(0.65).toFixed(1)}L${to.x(100).toFixed(1)} ${to.y(0.8).toFixed(1)}`)
})

test("the ratio of as many misses as were expected stands in the middle; beyond the axis it stands at its end", () => {
  assert.equal(along(1, 220), 110)
  assert.deepEqual([along(4, 220), along(9, 220), along(0.25, 220), along(0, 220)], [220, 220, 0, 0])
})

test("of 60 equal units chance alone puts at most 3 beyond 95 %, and 0.12 beyond 99.8 %", () => {
  assert.deepEqual(byChance(60), { warning: 3, alarm: 0.12 })
})

test("a point opens what was not done as it should; where there is nothing such, the others", () => {
  const [higher, lower] = [{ direction: "higher", unit: "%" }, { direction: "lower", unit: "%" }]
  assert.equal(behindOf({ count: 9, of: 10 }, higher), "rest")
  assert.equal(behindOf({ count: 10, of: 10 }, higher), "numerator")
  assert.equal(behindOf({ count: 1, of: 10 }, lower), "numerator")
  assert.equal(behindOf({ count: 0, of: 10 }, lower), "rest")
})

test("the periods of an index begin where figures are kept", () => {
  assert.deepEqual(periods("quarter", "2025-12", "2026-04-09"), ["2026-Q2", "2026-Q1", "2025-Q4"])
  assert.deepEqual(periods("year", "2025-12", "2026-04-09"), ["2026", "2025"])
  assert.deepEqual(periods("month", "2026-02", "2026-04-09"), ["2026-04", "2026-03", "2026-02"])
})

test("other weights are asked for as a whole, a veto has none; nothing is asked where none is another", () => {
  const indicators = [{ id: "a", weight: 60, rule: "efficacy" }, { id: "b", weight: 40, rule: "points" }, { id: "v", weight: 0, rule: "veto" }]
  assert.equal(weightsWord(indicators, {}), "")
  assert.equal(weightsWord(indicators, { a: "60" }), "")
  assert.equal(weightsWord(indicators, { a: "50", b: "50" }), "a:50,b:50")
  assert.equal(weightsSum(indicators, { a: "70" }), 110)
  assert.ok(Number.isNaN(weightsSum(indicators, { a: "" })))
})

const written = { from: "2026-03-01", to: "2026-03-31", limits: [{ kind: "", clock: "", limit: "" }], off: "", work: "", hours: "", routes: [{ topic: "", main: "" }], staff: [{ unit: "", now: "", then: "" }] }

test("other duties are asked for as the file has them; the last day is one of the period", () => {
  assert.equal(dayAfter("2026-02-28"), "2026-03-01")
  const { params } = dutiesParams({ ...written, limits: [{ kind: "request", clock: "handle", limit: " 5 civil-working-days " }], off: "2026-03-10，2026-03-11", hours: "08:30 12:00 13:30 17:30", routes: [{ topic: "扬尘", main: "zz-um" }], staff: [{ unit: "zz-ee", now: "2", then: "3" }] })
  assert.deepEqual(params, {
    from: "2026-03-01T00:00:00+08:00",
    to: "2026-04-01T00:00:00+08:00",
    duties: {
      limit: [{ kind: "request", clock: "handle", limit: "5 civil-working-days" }],
      calendar: { off: ["2026-03-10", "2026-03-11"], work: [], hours: ["08:30:00", "12:00:00", "13:30:00", "17:30:00"] },
      route: [{ topic: ["扬尘"], main: "zz-um", basis: "试算" }],
      staff: [{ unit: "zz-ee", now: 2, then: 3 }],
    },
  })
})

test("what cannot be asked for is said before it is", () => {
  const wrong = (/** @type {object} */ fields) => dutiesParams({ ...written, ...fields }).wrong
  assert.equal(wrong({}), "duties_nothing")
  assert.equal(wrong({ from: "2026-04-01" }), "duties_period")
  assert.equal(wrong({ limits: [{ kind: "", clock: "", limit: "1 hour" }] }), "duties_limit")
  assert.equal(wrong({ off: "yesterday" }), "duties_days")
  assert.equal(wrong({ hours: "08:30 12:00" }), "duties_hours_wrong")
  assert.equal(wrong({ routes: [{ topic: "扬尘", main: "" }] }), "duties_route")
  assert.equal(wrong({ staff: [{ unit: "zz-ee", now: "0", then: "3" }] }), "duties_staff")
})

test("the address holds whether units stand beside each other, and which sheet is open", () => {
  assert.deepEqual([read(new URLSearchParams("by=mix&sheet=index"))].map(({ by, sheet }) => [by, sheet]), [["mix", "index"]])
  assert.equal(read(new URLSearchParams("sheet=other")).sheet, "")
  assert.deepEqual([isView("bands"), isView("unit")], [true, false])
})

test("figures of the alarm system are those of the group that is asked for; single desks are their own people's", () => {
  const measure = (value) => [{ name: "rate", value, unit: "/h", verdict: "exceeded" }]
  const told = [
    { by: "desk", key: "zz-ee", name: { zh: "甲", en: "A" }, measures: measure(7) },
    { by: "desk", key: "zz-um", name: { zh: "乙", en: "B" }, measures: measure(1) },
    { by: "domain", key: "environment", name: { zh: "丙", en: "C" }, measures: measure(3) },
  ]
  const keys = (by, book, figure = "rate") => alarmRows(told, figure, by, book).map(({ key }) => key)
  assert.deepEqual(keys("unit", { whole: true, own: [] }), ["zz-ee", "zz-um"])
  assert.deepEqual(keys("unit", { whole: false, own: ["zz-um"] }), ["zz-um"])
  assert.deepEqual(keys("domain", { whole: true, own: [] }), ["environment"])
  assert.deepEqual(keys("domain", { whole: false, own: ["zz-um"] }), [])
  assert.deepEqual(keys("unit", { whole: true, own: [] }, "floods"), [])
})

test("a row misses its target by the way that is better; where nothing was due it misses none", () => {
  const calls = { target: 95, direction: "higher", alarm: "" }
  assert.deepEqual([94.9, 95, null].map((value) => misses({ value, verdict: "" }, calls)), [true, false, false])
  const alarms = { target: 6, direction: "lower", alarm: "rate" }
  assert.deepEqual(["acceptable", "manageable", "exceeded", ""].map((verdict) => misses({ value: 9, verdict }, alarms)), [false, true, true, false])
})
