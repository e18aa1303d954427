import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { byNumber, inHand, pressing, stood } from "../../screen/static/replay/past_orders.js"
import { moment } from "../../screen/static/replay/time/timeline.js"

const clock = (due, fields = {}) => ({ name: "handle", due, met: null, dropped: false, late: false, warned: false, ...fields })
const order = (id, fields = {}) => ({ id, rev: 1, entry: 1, main: "1", ended: false, alerts: [], clocks: [], ...fields })
const line = (of, n, fields = {}) => ({ id: `${of}/${n}`, entry: 1, order: of, n, ended: false, clocks: [], ...fields })
const table = (...all) => new Map(all.map((each) => [each.id, each]))
const [NOON, TEN, TWO] = ["2026-03-06T12:00:00+08:00", "2026-03-06T10:00:00+08:00", "2026-03-06T14:00:00+08:00"]

describe("orders at a moment of a replay", () => {
  test("the late ones come first, then those that end first, and last those without a clock", () => {
    const orders = table(order("none"), order("noon"), order("ten"), order("late"))
    const lines = table(line("noon", "1", { clocks: [clock(NOON)] }), line("ten", "1", { clocks: [clock(TEN)] }), line("late", "1", { clocks: [clock(TWO, { late: true })] }))
    assert.deepEqual(inHand({ orders, lines }).map(({ order: { id }, late }) => [id, late]), [["late", true], ["ten", false], ["noon", false], ["none", false]])
  })

  test("a late helper, and a clock that was met late, are not the order's red", () => {
    const lines = table(line("a", "1", { clocks: [clock(TEN, { late: true, met: NOON })] }), line("a", "2", { clocks: [clock(TEN, { late: true })] }))
    assert.equal(inHand({ orders: table(order("a")), lines })[0].late, false)
  })

  test("of the clocks that run the one that ends first presses", () => {
    assert.equal(pressing([clock(TWO), clock(NOON), clock(TEN, { met: TEN }), clock(TEN, { dropped: true })]).due, NOON)
    assert.equal(pressing([]), undefined)
  })

  test("an order stands as its newest revision up to the moment says, with the lines of then, and not before its first", () => {
    const lives = { a: [[10, order("a", { state: "sent" })], [20, order("a", { state: "closed", ended: true })]], "a/1.10": [[10, line("a", "1.10")]], "a/1.9": [[10, line("a", "1.9")]], "a/2": [[20, line("a", "2")]] }
    const film = { life: (id) => lives[id] ?? [], linesOf: () => ["a/1.10", "a/2", "a/1.9"] }
    assert.equal(stood("a", 9, film), null)
    assert.deepEqual([stood("a", 15, film).order.state, stood("a", 15, film).lines.map(({ n }) => n)], ["sent", ["1.9", "1.10"]])
    assert.deepEqual([stood("a", 25, film).order.state, stood("a", 25, film).lines.length], ["closed", 3])
  })

  test("lines stand in the order of their numbers", () => {
    assert.deepEqual(["2", "1.10", "1", "1.9"].sort(byNumber), ["1", "1.9", "1.10", "2"])
  })

  test("a state has the orders, lines and numbers of its moment; of a log without orders none", () => {
    const stages = [{ name: "sent", count: 1, waiting: 0, late: 0 }]
    const state = { alerts: {}, incidents: {}, audit: [], now: 0 }
    const changes = [[5, "order", order("a")], [5, "line", line("a", "1")], [6, "flow", stages], [7, "entry", { order: "a", n: 1 }], [9, "line", line("a", "1", { ended: true })], [9, "order", order("a", { ended: true })]]
    const chunk = { from: 0, state, changes, ticks: [] }
    const seen = (when) => (({ orders, lines, flow }) => [[...orders.keys()], [...lines.keys()], flow])(moment(undefined, chunk, when))
    assert.deepEqual(seen(4), [[], [], null])
    assert.deepEqual(seen(6), [["a"], ["a/1"], stages])
    assert.deepEqual(seen(9), [[], [], stages])
  })
})
