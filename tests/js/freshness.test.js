import assert from "node:assert/strict"
import { test } from "node:test"
import { LIMIT, freshness } from "../../screen/static/common/server/freshness.js"

const NOW = 1_000_000

/** What a page knows: `beats` and `ticked` are ages (ms) at the server's time NOW. */
function told({ beats = [100], ticked = 100, mark = "live", connected = true, broker = true, now = NOW } = {}) {
  const time = { beats: beats.map((age) => NOW - age), ticked: ticked === null ? null : NOW - ticked }
  return { connected, about: { mark }, sections: { time, health: { broker } }, now: () => now }
}

const just = () => performance.now()
const long = () => performance.now() - LIMIT - 1000

test("a live wall is fresh, and its age is that of its oldest sign of life", () => {
  const { stale, age } = freshness(told({ beats: [100, 900], ticked: 300 }), just())
  assert.deepEqual([stale, age], [false, 900])
})

test("one dead worker among several makes it stale, exactly past the limit", () => {
  assert.equal(freshness(told({ beats: [100, LIMIT] }), just()).stale, false)
  assert.deepEqual([freshness(told({ beats: [100, LIMIT + 1] }), just())].map(({ stale, cause }) => [stale, cause]), [[true, "worker"]])
})

test("a screen that was never told anything is stale only when the limit has passed", () => {
  const silent = told({ now: null })
  assert.equal(freshness(silent, just()).stale, false)
  const { stale, cause } = freshness(silent, long())
  assert.deepEqual([stale, cause], [true, "screen"])
})

test("a log without any worker is stale when the limit has passed", () => {
  const nobody = told({ beats: [], ticked: null })
  assert.equal(freshness(nobody, just()).stale, false)
  const { stale, cause, age } = freshness(nobody, long())
  assert.deepEqual([stale, cause, age], [true, "nothing", null])
})

test("a clock that stands still while workers live is named", () => {
  const { stale, cause, stopped } = freshness(told({ beats: [0], ticked: 2501 }), just())
  assert.deepEqual([stale, cause, stopped], [true, "clock", true])
  assert.equal(freshness(told({ beats: [0], ticked: 2500 }), just()).stale, false)
})

test("the clock of a replay may rest, since its history ends", () => {
  const { stale, age, moving } = freshness(told({ mark: "replay", beats: [10], ticked: 3_600_000 }), just())
  assert.deepEqual([stale, age, moving], [false, 10, false])
})

test("what is nearest to the page is blamed: the screen before the broker before the worker", () => {
  const dead = { beats: [60_000], ticked: 60_000 }
  assert.equal(freshness(told({ ...dead, connected: false, broker: false }), just()).cause, "screen")
  assert.equal(freshness(told({ ...dead, broker: false }), just()).cause, "broker")
  assert.equal(freshness(told(dead), just()).cause, "worker")
})

test("a sign of life from the future has no negative age", () => {
  assert.equal(freshness(told({ beats: [-500], ticked: -500 }), just()).age, 0)
})
