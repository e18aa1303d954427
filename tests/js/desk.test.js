import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { HEAD, ROW, partAt, parts, placeAt, topOf } from "../../screen/static/desk/places.js"
import { FACETS, asked, choices, isOpen, read, toggled, written } from "../../screen/static/desk/query.js"
import { bounds, nice, since, ticks, within } from "../../screen/static/desk/scale.js"
import { DAY, HOUR, MINUTE } from "./support.js"

describe("where rows stand", () => {
  const all = parts({ shelved: 3, unacknowledged: 2, case: 0 })

  test("groups that have rows stand in the order of work, whatever the order of their counts", () => {
    assert.deepEqual(all.map(({ group, first, count }) => [group, first, count]), [["unacknowledged", 0, 2], ["shelved", 2, 3]])
  })

  test("a group begins below all rows and heads before it", () => {
    assert.deepEqual(all.map(({ top }) => top), [0, HEAD + 2 * ROW])
    assert.equal(topOf(all, 0), HEAD)
    assert.equal(topOf(all, 2), 2 * HEAD + 2 * ROW)
  })

  test("the place of a pixel is that of the row that it is in, for every row", () => {
    for (let place = 0; place < 5; place += 1) {
      assert.equal(placeAt(all, topOf(all, place)), place)
      assert.equal(placeAt(all, topOf(all, place) + ROW - 1), place)
    }
  })

  test("a head belongs to the first row below it; beyond the ends there is the first and the last row", () => {
    assert.equal(placeAt(all, all[1].top), 2)
    assert.equal(placeAt(all, 0), 0)
    assert.equal(placeAt(all, 1e9), 4)
    assert.equal(placeAt(all, -50), 0)
  })

  test("an empty list has no parts, and its only place is the first", () => {
    assert.deepEqual(parts({}), [])
    assert.deepEqual([placeAt([], 100), topOf([], 3), partAt([], 0)], [0, 0, undefined])
  })

  test("a group that is not ours is not shown", () => {
    assert.deepEqual(parts({ nonsense: 4 }), [])
  })
})

describe("what is asked for", () => {
  const query = read(new URLSearchParams("q=臭氧&severity=red,orange&state=case&domain=&nonsense=1"))

  test("a query is read from its address; what is empty or unknown narrows nothing", () => {
    assert.equal(query.search, "臭氧")
    assert.deepEqual([query.severity, query.group, query.domain], [["red", "orange"], ["case"], []])
    assert.deepEqual(Object.keys(query).sort(), [...FACETS, "search"].sort())
  })

  test("an address that was written is read as the same query", () => {
    assert.deepEqual(read(new URLSearchParams(written(query))), query)
  })

  test("an address of stray commas asks for nothing", () => {
    assert.equal(isOpen(read(new URLSearchParams("severity=,,&state=,"))), true)
    assert.equal(isOpen(read(new URLSearchParams(""))), true)
    assert.equal(isOpen(query), false)
    assert.equal(isOpen({ ...read(new URLSearchParams("")), search: "x" }), false)
  })

  test("a search that is longer than the server takes is cut, and the query itself is kept", () => {
    const long = { ...query, search: "长".repeat(300) }
    assert.equal(asked(long).search.length, 200)
    assert.equal(long.search.length, 300)
  })

  test("a second press on a value takes it out again, and keeps the order of the others", () => {
    assert.deepEqual(toggled(["red", "blue"], "orange"), ["red", "blue", "orange"])
    assert.deepEqual(toggled(["red", "orange", "blue"], "orange"), ["red", "blue"])
  })

  test("choices stand by their counts; what is chosen is among them though nothing has it", () => {
    assert.deepEqual(choices({ water: 1, air: 5 }), [["air", 5], ["water", 1]])
    assert.deepEqual(choices({ air: 5 }, "fire"), [["air", 5], ["fire", 0]])
    assert.deepEqual(choices({ air: 5 }, "air"), [["air", 5]])
    assert.deepEqual(choices({}), [])
  })
})

describe("the scale of readings", () => {
  test("a step is the least of 1, 2, 5 and 10 tens that is not smaller", () => {
    assert.deepEqual([0.3, 1, 1.2, 2, 3.3, 5, 7, 10, 120].map(nice), [0.5, 1, 2, 2, 5, 5, 10, 10, 200])
  })

  test("a scale holds every value and begins and ends at a step", () => {
    for (const values of [[3, 97], [-12, 7], [160], [0], [1e-4, 3e-4], [1e6, 1e6 + 1], []]) {
      const { low, high, step } = bounds(values)
      assert.ok(low < high && values.every((value) => low <= value && value <= high), String(values))
      for (const end of [low, high]) assert.ok(Math.abs(end / step - Math.round(end / step)) < 1e-6, String(values))
    }
  })

  test("a scale begins at nothing where values are not all high", () => {
    assert.equal(bounds([50, 100]).low, 0)
    assert.ok(bounds([90, 100]).low > 0)
    assert.ok(bounds([-5, 100]).low < 0)
  })

  test("what is written reaches from the lowest to the highest value, a handful of numbers", () => {
    const scale = bounds([3, 97])
    const found = ticks(scale)
    assert.deepEqual([found[0], found.at(-1)], [scale.low, scale.high])
    assert.ok(found.length >= 3 && found.length <= 7)
  })

  test("shown is what came before as long as the alert has lasted, six hours at least", () => {
    const minutes = Array.from({ length: 10_000 }, (_, n) => [n * MINUTE, 1])
    const opened = 5 * DAY
    assert.equal(since(minutes, opened, opened + HOUR), opened - 6 * HOUR)
    assert.equal(since(minutes, opened, opened + DAY), opened - DAY)
  })

  test("of few readings the last two dozen are shown, and nothing before the first", () => {
    const hours = Array.from({ length: 100 }, (_, n) => [n * HOUR, 1])
    assert.equal(since(hours, 99 * HOUR, 99 * HOUR), 76 * HOUR)
    assert.equal(since(hours.slice(0, 3), 99 * HOUR, 99 * HOUR), 0)
  })

  test("without readings half an hour before the alert is shown, or a quarter of its length", () => {
    assert.equal(since([], DAY, DAY), DAY - 30 * MINUTE)
    assert.equal(since([], DAY, 2 * DAY), DAY - 6 * HOUR)
  })

  test("a value beyond all readings cannot be a mean of them", () => {
    const points = [[0, 10], [1, 30]]
    assert.deepEqual([10, 20, 30, 31, 9, null].map((value) => within(value, points)), [true, true, true, false, false, false])
    assert.equal(within(20, []), false)
  })
})
