import assert from "node:assert/strict"
import { before, describe, test } from "node:test"
import { fitted, named, shownFace } from "../../screen/static/wall/signs/faces.js"
import { bands, hours, past, pieces, scale, stopped } from "../../screen/static/wall/signs/plot.js"
import { age, arrow, counted, covered, drag, figure, heaviest, nearest, seal, signed, stateOf, whyNot, worst } from "../../screen/static/wall/signs/reading.js"
import { at, HOUR, MINUTE, speak } from "./support.js"

const told = (fields = {}) => ({ state: "ok", value: 97, numerator: 97, denominator: 100, valid: 100, due: 100, coverage: 1, at: 0, since: 0, newest: 0, late: 0, corrected: 0, version: "v", trend: [], band: [], ...fields })
const part = (code, figures) => ({ code, name: { zh: code, en: code }, figures: figures.map((each) => ({ figure: each, alert: null })) })
const flat = (value, count = 24) => Array.from({ length: count }, () => value)

describe("how a sign is read", () => {
  before(() => speak("zh"))

  test("a value has always the same decimals: an index none, a share one, a small rate two", () => {
    assert.deepEqual([figure(86, "AQI"), figure(97, "%"), figure(0.8, "次"), figure(12, "次"), figure(12345.67, "%")], ["86", "97.0", "0.80", "12.0", "12\u2009345.7"])
    assert.deepEqual([figure(null, "%"), figure(undefined, "%"), figure(-0.5, "%")], ["NA", "NA", "−0.5"])
  })

  test("coverage is a fraction of few and a percentage of many, never rounded up to a floor that was not reached", () => {
    assert.equal(covered(told({ valid: 12, due: 13, coverage: 12 / 13 })), "12/13")
    assert.equal(covered(told({ valid: 8_999, due: 10_000, coverage: 0.89999 })), "89.9%")
    assert.equal(covered(told({ valid: 0, due: 0, coverage: null })), "0/0")
    assert.equal(covered(told({ due: null, coverage: null })), "undue")
  })

  test("an age is told in its largest unit", () => {
    assert.deepEqual([null, 24_000, 12 * MINUTE + 59_999, 7 * HOUR, 49 * HOUR, -5].map(age), ["—", "24 second", "12 分", "7 小时", "2 天", "0 second"])
  })

  test("what has no value is NA whatever its record says, and so is what nobody has told of", () => {
    assert.deepEqual([stateOf(null), stateOf(undefined), stateOf(told({ value: null, state: "ok" })), stateOf(told({ state: "red" }))], ["na", "na", "na", "red"])
  })

  test("why there is no value: untold, nothing due, below the floor, nothing to count", () => {
    assert.equal(whyNot(null, 0.9), "untold")
    assert.equal(whyNot(told({ due: 0, valid: 0, coverage: null }), 0.9), "nothing_due")
    assert.equal(whyNot(told({ coverage: 0.89 }), 0.9), "below_floor")
    assert.equal(whyNot(told({ coverage: 0.9 }), 0.9), "nothing_counted")
    assert.equal(whyNot(told({ due: null, coverage: null }), null), "nothing_counted")
  })

  test("whose it is, dotted where its text was not read", () => {
    assert.deepEqual(seal({ provenance: "国家标准", mark: "check" }), { whose: "nation", open: true })
    assert.deepEqual(seal({ provenance: "本市办法", mark: "certain" }), { whose: "local", open: false })
    assert.deepEqual(seal({ provenance: "上级文件", mark: "likely" }), { whose: "above", open: true })
    assert.deepEqual(seal({ provenance: "本系统自定", mark: "default" }), { whose: "own", open: false })
    assert.equal(seal(undefined), null)
  })

  test("the worst district is that of the worst level, then of the worst value, and none without a value", () => {
    const parts = [part("a", [told({ value: 90 })]), part("b", [told({ value: 95, state: "yellow" })]), part("c", [told({ value: 94, state: "yellow" })]), part("d", [null]), part("e", [told({ value: null, state: "na" })])]
    assert.equal(worst(parts, 0, "higher").part.code, "c")
    assert.equal(worst(parts, 0, "lower").part.code, "b")
    assert.equal(worst([parts[3], parts[4]], 0, "higher"), null)
  })

  test("drags add up to nothing, in the sign's unit: 80 of 100 and 90 of 100 make 85 %, 2.5 below and 2.5 above", () => {
    const whole = told({ value: 85, numerator: 170, denominator: 200 })
    const [low, high] = [told({ numerator: 80 }), told({ numerator: 90 })].map((each) => drag(each, whole))
    assert.ok(Math.abs(low + 2.5) < 1e-9 && Math.abs(high - 2.5) < 1e-9)
    assert.equal(drag(null, whole), null)
    assert.equal(drag(told(), told({ value: null })), null)
    assert.equal(drag(told(), told({ numerator: 0 })), null)
  })

  test("below a district stands what drags most for the worse, beside the sign's own size; none where one decimal does not show it", () => {
    const about = { better: "higher" }
    const rows = [{ id: "x", figure: told({ value: 85, numerator: 170, denominator: 200 }), alert: null }, { id: "y", figure: told({ value: 50, numerator: 100, denominator: 200 }), alert: null }]
    const signs = { rows, parts: [] }
    const found = heaviest(signs, { x: about, y: about }, part("a", [told({ numerator: 80 }), told({ numerator: 46 })]))
    assert.equal(found.place, 1)
    assert.equal(signed(found.by), "−2.0")
    assert.equal(heaviest(signs, { x: about, y: about }, part("b", [told({ numerator: 90 }), told({ numerator: 54 })])), null)
    assert.equal(heaviest(signs, { x: { better: "lower" }, y: about }, part("b", [told({ numerator: 90 }), told({ numerator: 54 })])).place, 0)
  })

  test("signs are counted by level, NA and inside: NA is never among those inside", () => {
    const rows = ["ok", "orange", "na", "ok"].map((state) => ({ id: state, figure: told({ state, value: state === "na" ? null : 1 }), alert: null }))
    assert.deepEqual(counted([...rows, { id: "none", figure: null, alert: null }]), { levels: [0, 1, 0, 0], na: 2, ok: 2 })
  })

  test("an arrow is level within a quarter of the band's width, steep beyond all of it", () => {
    const way = (value, band = [[96, 100]]) => arrow({ value, trend: flat(98), band })
    assert.deepEqual([way(98), way(99), way(99.1), way(94), way(93.9), way(102.1)], [0, 0, 1, -1, -2, 2])
    assert.equal(way(null), null)
    assert.equal(arrow({ value: 1, trend: flat(null), band: [] }), null)
    assert.equal(arrow({ value: 5, trend: [1, 2, 3, 3, 3, 3], band: [] }), 1)
  })

  test("the wall shows the limit that is reached and the next one; the mildest where none is", () => {
    const limits = ["blue", "yellow", "orange"].map((severity) => ({ severity }))
    const names = (state) => nearest(limits, state).map(({ severity }) => severity)
    assert.deepEqual([names("ok"), names("yellow"), names("orange"), names("na")], [["blue"], ["yellow", "orange"], ["orange"], ["blue"]])
  })
})

describe("the chart of a sign", () => {
  test("a gap parts the line; the value now stands at its end", () => {
    assert.deepEqual(pieces({ value: 5, trend: [1, null, 2] }), [[[21, 1]], [[23, 2], [24, 5]]])
    assert.deepEqual(pieces({ value: null, trend: flat(null) }), [])
  })

  test("only the last stretch past a limit has its colour, and what stands on the limit is past it", () => {
    const line = pieces({ value: 95, trend: [94, 97, 95] })
    assert.deepEqual(past(line, 95, "higher"), [[23, 95], [24, 95]])
    assert.deepEqual(past(line, 96, "lower"), [])
  })

  test("the hatch begins with the hour after the last value, and there is none while there is a value", () => {
    assert.equal(stopped({ value: null, trend: [1, 1, null] }), 23)
    assert.equal(stopped({ value: null, trend: flat(null) }), 0)
    assert.equal(stopped({ value: 1, trend: [null] }), null)
  })

  test("all values, band and limits have room, also where all are one value or none is known", () => {
    const to = scale({ value: 10, trend: [0], band: [[-10, 20]] }, [30], 100, 50)
    assert.ok([-10, 0, 30].every((each) => to.y(each) >= 0 && to.y(each) <= 50))
    assert.deepEqual([to.x(0), to.x(24)], [0, 100])
    assert.ok(Number.isFinite(scale({ value: 0, trend: [0], band: [] }, [], 10, 10).y(0)))
    assert.ok(Number.isFinite(scale({ value: null, trend: [], band: [] }, [], 10, 10).y(0)))
  })

  test("a band is closed, and hours without a baseline part it", () => {
    const to = scale({ value: 1, trend: [], band: [] }, [0, 4], 24, 10)
    assert.equal(bands([[1, 2], [1, 2], null, [1, 2], [1, 2]], to).length, 2)
    assert.deepEqual(bands([null, [1, 2]], to), [])
  })

  test("of a day that ends at 14:32 the hours 18, 00, 06 and 12 are named where they stand", () => {
    const found = hours(at("2026-11-24 14:32:00"))
    assert.deepEqual(found.map(({ name }) => name), ["18", "00", "06", "12"])
    assert.ok(Math.abs(found[3].hour - (24 - 2 - 32 / 60)) < 1e-9)
  })
})

describe("the faces of the wall", () => {
  test("the place says which is first, once the log has signs; a person's choice goes before; a refusal is shown", () => {
    assert.equal(shownFace(null, undefined), "alarms")
    assert.equal(shownFace(null, { first: "signs", count: 0 }), "alarms")
    assert.equal(shownFace(null, { first: "signs", count: 1 }), "signs")
    assert.equal(shownFace(null, { first: "alarms", count: 1 }), "alarms")
    assert.equal(shownFace("alarms", { first: "signs", count: 1 }), "alarms")
    assert.equal(shownFace(null, { refused: "no" }), "signs")
  })

  test("address and keys name a face, and nothing else does", () => {
    assert.deepEqual(["signs", "alarms", "1", "2", "3", null, "__proto__"].map(named), ["signs", "alarms", "signs", "alarms", null, null, null])
  })

  test("a display of 32:9 shows both faces, none is stretched", () => {
    assert.deepEqual(fitted(3840, 1080, true), { both: true, scale: 1 })
    assert.deepEqual(fitted(3840, 1080, false), { both: false, scale: 1 })
    assert.deepEqual(fitted(3840, 2160, true), { both: false, scale: 2 })
    assert.deepEqual(fitted(1280, 1024, true), { both: false, scale: 1280 / 1920 })
  })
})
