import assert from "node:assert/strict"
import { test } from "node:test"
import { asked, beyond, called, together, within } from "../../screen/static/rules/months.js"
import { matchesSign, searchedSign } from "../../screen/static/rules/search.js"
import { DAY, at } from "./support.js"

const SIGN = { limits: [{ severity: "blue", value: 101 }, { severity: "red", value: 301 }], delay: "5m", deadband: 2.02 }
const fields = (levels, delay = "5m", deadband = "2.02") => ({ levels: { blue: "101", red: "301", ...levels }, delay, deadband })

test("what is as the sign has it is not asked for", () => {
  assert.deepEqual(asked(SIGN, fields({})), { thresholds: {}, delay: null, deadband: null })
})

test("a level at another value, a new one, and one that is left out", () => {
  assert.deepEqual(asked(SIGN, fields({ blue: " 90 ", orange: "201", red: "" })), { thresholds: { blue: 90, orange: 201, red: null }, delay: null, deadband: null })
})

test("another delay and deadband, and 0 of either", () => {
  assert.deepEqual(asked(SIGN, fields({}, "2h", "0")), { thresholds: {}, delay: "2h", deadband: 0 })
  assert.deepEqual(asked(SIGN, fields({}, "0s", "")), { thresholds: {}, delay: "0s", deadband: null })
})

test("what cannot be read is not asked for", () => {
  for (const wrong of [fields({ blue: "a" }), fields({ blue: "1e3" }), fields({}, "soon"), fields({}, "5"), fields({}, "5m", "-1"), fields({}, "5m", "x")]) assert.equal(asked(SIGN, wrong), null)
})

test("days are asked for as far as the archive has them", () => {
  const archive = { from: at("2026-06-01 00:00:00"), to: at("2026-06-20 14:00:00") }
  assert.deepEqual(within("2026-06-03", "2026-06-04", archive), { from: at("2026-06-03 00:00:00"), to: at("2026-06-05 00:00:00") })
  assert.deepEqual(within("2026-06-20", "2026-06-20", archive), { from: at("2026-06-20 00:00:00"), to: archive.to })
  for (const [first, last] of [["2026-06-04", "2026-06-03"], ["2026-07-01", "2026-07-02"], ["2026-05-01", "2026-05-02"], ["", "2026-06-03"]]) assert.equal(within(first, last, archive), null)
  assert.equal(within("2026-06-03", "2026-06-04", { from: null, to: null }), null)
  assert.equal(within("2026-06-03", "2026-06-03", archive).to - within("2026-06-03", "2026-06-03", archive).from, DAY)
})

test("months together: calls and hours by level, NA hours; what is inside counts as beyond nothing", () => {
  const side = (calls, hours) => ({ calls, hours })
  const months = [
    { area: "410100", month: "2026-05", na: 3, own: side({ blue: 2 }, { ok: 700, blue: 20 }), other: side({}, { ok: 720 }) },
    { area: "410100", month: "2026-06", na: 1, own: side({ blue: 1, red: 1 }, { ok: 10, blue: 4, red: 2 }), other: side({ red: 1 }, { red: 2 }) },
  ]
  const all = together(months)
  assert.deepEqual(all, { na: 4, own: side({ blue: 3, red: 1 }, { ok: 710, blue: 24, red: 2 }), other: side({ red: 1 }, { ok: 720, red: 2 }) })
  assert.deepEqual([called(all.own), beyond(all.own), called(all.other), beyond(all.other)], [4, 26, 1, 2])
})

const SPEC = { name: { zh: "城市空气质量", en: "Air quality" }, what: { zh: "取平均", en: "the mean" }, source: { zh: "HJ 633", en: "HJ 633" }, guidance: { zh: "查看", en: "Look" }, department: { zh: "生态环境局", en: "Ecology bureau" }, floor_basis: null, undue: null, limits: [{ severity: "blue", value: 101, basis: { zh: "轻度污染", en: "light" } }], provenance: "国家标准", unit: "AQI", formula: "air: subjects = air_station", same_as: "", reads: ["environment.air_hour"], opens: ["aqi-hourly"], rules: ["sign-city-air"], owner: "environment" }
const any = { q: "", domain: "", phase: "", severity: "" }

test("a sign is found by its id, names, formula, bases and rules in both languages, by its domain and a level of its limits", () => {
  const text = searchedSign("city-air", SPEC)
  for (const q of ["city-air", "空气", "QUALITY", "hj 633", "air_station", "轻度", "aqi-hourly", "sign-city-air", "国家标准", "ecology"]) assert.equal(matchesSign(SPEC, text, { ...any, q }), true, q)
  assert.equal(matchesSign(SPEC, text, { ...any, q: "水" }), false)
  assert.equal(matchesSign(SPEC, text, { ...any, domain: "environment", severity: "blue" }), true)
  for (const other of [{ domain: "data" }, { severity: "red" }, { phase: "in-process" }]) assert.equal(matchesSign(SPEC, text, { ...any, ...other }), false)
})
