/* The page of orders: what is left of a clock, its parts, and what the list is asked for. Days are those of December 2026 in Zhengzhou. */

import assert from "node:assert/strict"
import { test } from "node:test"
import { FIELDS, MUTE, instrumentOf } from "../../screen/static/orders/fields.js"
import { asked, parts, placeAt, read, standing, topOf } from "../../screen/static/orders/query.js"
import { WorkCalendar, axis, clockParts, isWorking, left, pressing } from "../../screen/static/orders/worktime.js"

const HOUR = 3_600_000
const at = (text) => Date.parse(`${text}:00+08:00`)
/** Monday 30 November to Sunday 13 December: two weeks of five days, 08–12 and 14–18. */
const CALENDAR = new WorkCalendar({ first: at("2026-11-30T00:00"), worked: "11111001111100", sessions: [[8 * HOUR, 12 * HOUR], [14 * HOUR, 18 * HOUR]] })
const clock = (start, due, more = {}) => ({ name: "handle", limit: "5 working-days", start: `${start}:00+08:00`, due: `${due}:00+08:00`, first_due: due, pauses: [], met: null, dropped: false, warned: false, late: false, ...more })

test("working time is that of the sessions: Friday 17:00 to Monday 09:00 are two hours", () => {
  assert.equal(CALENDAR.worked(at("2026-12-04T17:00"), at("2026-12-07T09:00")) / HOUR, 2)
  assert.equal(CALENDAR.worked(at("2026-11-30T08:00"), at("2026-12-13T00:00")) / HOUR, 80)
  assert.equal(CALENDAR.worked(at("2026-12-07T09:00"), at("2026-12-04T17:00")) / HOUR, -2)
  assert.equal(CALENDAR.worked(at("2026-11-30T11:00"), at("2026-11-30T15:00")) / HOUR, 2)
})

test("what is left is told in working days and hours where the limit runs in them", () => {
  const due = clock("2026-11-30T08:00", "2026-12-11T18:00")
  const many = left(due, at("2026-12-03T08:00"), CALENDAR)
  assert.deepEqual([many.days, many.whole, many.over], [7, true, false])
  const few = left(due, at("2026-12-10T10:00"), CALENDAR)
  assert.deepEqual([few.days, few.hours, few.whole], [1, 6, false])
  const over = left(clock("2026-11-30T08:00", "2026-12-04T18:00"), at("2026-12-07T10:20"), CALENDAR)
  assert.deepEqual([over.over, over.days, over.hours, over.minutes], [true, 0, 2, 20])
  const natural = left({ ...clock("2026-12-04T17:00", "2026-12-05T17:00"), limit: "24 natural-hours" }, at("2026-12-05T16:42"), CALENDAR)
  assert.deepEqual([natural.working, natural.minutes], [false, 18])
})

test("limits that run in working time", () => {
  assert.deepEqual(["2 working-hours", "1 working-day", "15 civil-working-days", "24 natural-hours", "7 civil-days", "24 workday-hours"].map(isWorking), [true, true, true, false, false, false])
})

test("a clock is made of what ran, what was not counted, and what is left or over", () => {
  const pauses = [{ kind: "testing", basis: "", begin: "2026-12-01T08:00:00+08:00", end: "2026-12-02T08:00:00+08:00" }]
  const kinds = (now, more = {}) => clockParts(clock("2026-11-30T08:00", "2026-12-04T18:00", more), at(now)).map(([, , kind]) => kind)
  assert.deepEqual(kinds("2026-12-03T08:00", { pauses }), ["run", "pause", "run", "left"])
  assert.deepEqual(kinds("2026-12-03T08:00", { warned: true }), ["run", "soon"])
  assert.deepEqual(kinds("2026-12-05T08:00"), ["run", "over"])
  assert.deepEqual(kinds("2026-12-05T08:00", { met: "2026-12-03T08:00:00+08:00" }), ["run"])
  assert.deepEqual(kinds("2026-12-03T08:00", { pauses: [{ ...pauses[0], end: null }] }), ["run", "pause", "left"])
})

test("an axis of working days leaves the days off out", () => {
  const place = axis(at("2026-11-30T08:00"), at("2026-12-11T18:00"), CALENDAR)
  assert.equal(place(at("2026-12-04T18:00")), 0.5)
  assert.equal(place(at("2026-12-06T12:00")), 0.5)
  assert.equal(axis(0, 10, null)(5), 0.5)
})

test("of the clocks that run the one that ends first presses", () => {
  const [one, two] = [clock("2026-11-30T08:00", "2026-12-04T18:00"), clock("2026-11-30T08:00", "2026-12-02T18:00")]
  assert.equal(pressing([one, two]), two)
  assert.equal(pressing([one, { ...two, met: two.due }]), one)
  assert.equal(pressing([{ ...two, dropped: true }]), undefined)
})

test("the address is the list, and what stands there by hand and is nothing is left out", () => {
  const query = read(new URLSearchParams("q=%E7%A7%BB%E4%BA%A4&group=late&whose=own&kind=lead&due=1"))
  assert.deepEqual(query, { search: "移交", group: "late", whose: "own", kind: "lead", unit: "", district: "", due: "1" })
  assert.deepEqual([read(new URLSearchParams("group=x")).group, read(new URLSearchParams("whose=all&due=5")).due], ["", ""])
})

test("what is due by tomorrow is due by the end of tomorrow, in the city's time", () => {
  const { due, own, group } = asked(read(new URLSearchParams("due=1&whose=own")), at("2026-12-04T23:00"))
  assert.deepEqual([due, own, group], [at("2026-12-06T00:00"), true, null])
  assert.equal(asked(read(new URLSearchParams("due=1")), null).due, undefined)
})

test("what has ended is no part of all", () => {
  const groups = { late: 2, sign: 3, ended: 90 }
  const pixels = { row: 48, head: 26 }
  assert.equal(standing(groups), 5)
  const all = parts(groups, "", pixels)
  assert.deepEqual(all.map(({ group, first, top }) => [group, first, top]), [["late", 0, 0], ["sign", 2, 122]])
  assert.deepEqual(parts(groups, "ended", pixels).map(({ count }) => count), [90])
  assert.equal(topOf(all, 2, pixels), 148)
  assert.deepEqual([0, 100, 130, 150, 9_000].map((top) => placeAt(all, top, pixels)), [0, 1, 2, 2, 4])
})

test("an act's form asks for all that the log refuses it without", () => {
  // docs/develop/orders.md: 叫应 who and when; 退单 with the clause and the unit that should have it; the evidence of a pause and of its end; 已依法受理 by which article
  const needs = { call: ["who", "at"], pause: ["outcome", "clause"], resume: ["clause"], follow: ["outcome", "clause"], merge: ["clause"], inspect: ["outcome"], close: ["outcome"], conclude: ["outcome"], "ask-extension": ["limit"], "ask-return": ["clause", "unit"] }
  for (const [verb, fields] of Object.entries(needs)) assert.deepEqual(fields.filter((field) => !FIELDS[verb].includes(field)), [], verb)
  const reasons = ["approve", "submit", "reject", "recall", "object", "inspect", "decline", "conclude", "send-back", "reopen", "ask-review", "decide-review", "void", "withdraw", "revoke", "repeal", "note", "opinion", "answer-objection", "ask-return", "ask-extension"]
  assert.deepEqual(reasons.filter((verb) => MUTE.has(verb)), [])
})

test("an instrument that is recorded is recorded again with its end alone", () => {
  const recorded = { kind: "case", number: "1号", organ: "zz-ee-410105", officers: ["0117", "0132"], served: "post", served_at: "2026-12-01T09:00:00+08:00", remedy: true }
  const written = { number: "1号", officers: "9999", kind: "other", served_at: "2026-12-02T10:00", end: "revoked", ended_at: "2026-12-03T09:30", remedy: "" }
  const text = (name) => written[name] ?? ""
  assert.deepEqual(instrumentOf(text, [recorded]), { ...recorded, end: "revoked", ended_at: "2026-12-03T09:30:00+08:00" })
  const fresh = instrumentOf((name) => ({ ...written, officers: "0117、0132" })[name] ?? "", [])
  assert.deepEqual([fresh.kind, fresh.officers, fresh.served_at, fresh.remedy], ["other", ["0117", "0132"], "2026-12-02T10:00:00+08:00", false])
})
