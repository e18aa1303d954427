import assert from "node:assert/strict"
import { test } from "node:test"
import { Room, shifted } from "../../screen/static/common/room.js"

test("a box takes its room once, and boxes that only touch do not overlap", () => {
  const room = new Room()
  assert.equal(room.take([100, 100], 20, 20), true)
  assert.equal(room.take([100, 100], 20, 20), false)
  assert.equal(room.take([119, 100], 20, 20), false)
  assert.equal(room.take([120, 100], 20, 20), true)
  assert.equal(room.take([100, 80], 20, 20), true)
})

test("a box that was refused takes no room", () => {
  const room = new Room()
  room.take([0, 0], 10, 10)
  assert.equal(room.take([8, 0], 10, 10), false)
  assert.equal(room.take([14, 0], 10, 10), true)
})

test("a box is compared across the cells of the grid, left of and above the origin too", () => {
  const room = new Room()
  room.fill([0, 0], 500, 500)
  for (const corner of [[-249, -249], [249, -249], [-249, 249], [249, 249]]) assert.equal(room.take(corner, 1, 1), false)
  assert.equal(room.take([-251, 0], 1, 1), true)
})

test("what is filled may lie over what stands there, and both keep their room", () => {
  const room = new Room()
  room.fill([0, 0], 10, 10)
  room.fill([8, 0], 10, 10)
  assert.equal(room.take([-4, 0], 2, 2), false)
  assert.equal(room.take([12, 0], 1, 1), false)
})

test("a place is moved to the right and down", () => {
  assert.deepEqual(shifted([10, 20], [3, -4]), [13, 16])
})
