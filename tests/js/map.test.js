import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { border, holds, inset, lies, long, parted } from "../../screen/static/wall/map/core.js"
import { fills, expression } from "../../screen/static/wall/map/loads.js"
import { settled } from "../../screen/static/wall/map/places.js"

const core = { west: 113, south: 34, east: 114, north: 34.5, left: 500, top: 40, width: 400, height: 200 }
const plain = ([x, y]) => [x, y]
const mark = (id, at, offset = [0, -15]) => ({ id, at, offset })
const places = (found) => Object.fromEntries(found.map(({ mark: { id }, place }) => [id, place]))

describe("the inset of the core", () => {
  test("the borders belong to it, what is beyond them does not", () => {
    assert.deepEqual([[113, 34], [114, 34.5], [113.5, 34.2]].map((at) => holds(core, at)), [true, true, true])
    assert.deepEqual([[112.999, 34.2], [114.001, 34.2], [113.5, 33.999], [113.5, 34.501]].map((at) => holds(core, at)), [false, false, false, false])
  })

  test("each row is drawn once: in the inset or on the map; without an inset on the map", () => {
    const rows = [{ at: [113.5, 34.2] }, { at: [112, 34.2] }, { at: [114, 34] }]
    assert.deepEqual(parted(core, rows), [[rows[0], rows[2]], [rows[1]]])
    assert.deepEqual(parted(undefined, rows), [[], rows])
  })

  test("its corners are those of its frame, north is up, and its middle is the frame's", () => {
    const at = inset(core)
    assert.deepEqual([at([113, 34.5]), at([114, 34]), at([113.5, 34.25])], [[500, 40], [900, 240], [700, 140]])
  })

  test("its border on the map is a box from its north-west corner", () => {
    assert.deepEqual(border(core, ([lon, lat]) => [(lon - 112) * 100, (35 - lat) * 100]), [100, 50, 100, 50])
  })

  test("111.2 km are a degree of latitude", () => {
    assert.equal(Math.round(long(core, 55.6)), 200)
  })

  test("a point lies in a box, away from its sides and further below its top, or around it", () => {
    const box = [500, 40, 400, 200]
    assert.deepEqual([[515, 81], [514, 81], [515, 80], [885, 225], [886, 225]].map((point) => lies(box, point, 14, 40)), [true, false, false, true, false])
    assert.deepEqual([lies(box, [490, 140]), lies(box, [490, 140], -14)], [false, true])
  })

  test("its land has the colours that deck.gl is told, of every district or of one domain", () => {
    assert.deepEqual(fills("@@=properties.adcode=='410102'?[42, 49, 57]:properties.adcode=='410103'?[95, 43, 48]:[32, 38, 43]"), {
      named: { 410102: "rgb(42, 49, 57)", 410103: "rgb(95, 43, 48)" },
      other: "rgb(32, 38, 43)",
    })
    const written = expression({ loads: { 410102: 7, 410105: 0 }, red: { 410105: 1 } }, (name) => ({ 2: "#010203", red: "#0a0b0c", 0: "#000001" })[name])
    assert.deepEqual(fills(written), { named: { 410102: "rgb(1,2,3)", 410105: "rgb(10,11,12)" }, other: "rgb(0,0,1)" })
  })
})

describe("where marks stand", () => {
  test("above their places where there is room, in their order", () => {
    const found = settled([mark("a", [100, 100]), mark("b", [200, 100])], [], plain)
    assert.deepEqual(found.map(({ mark: { id }, place }) => [id, place]), [["a", [100, 85]], ["b", [200, 85]]])
  })

  test("two of one subject stand side by side and touch", () => {
    assert.deepEqual(places(settled([mark("a", [100, 100], [-11, -15]), mark("b", [100, 100], [11, -15])], [], plain)), { a: [89, 85], b: [111, 85] })
  })

  test("the worst, which is the last, stands above its place, and the other gives way", () => {
    assert.deepEqual(places(settled([mark("mild", [100, 100]), mark("worst", [105, 100])], [], plain)), { mild: [83 - 5, 85], worst: [105, 85] })
  })

  test("no mark stands over a name, however many there are", () => {
    const name = [[100, 85], 54, 20]
    const found = settled(Array.from({ length: 40 }, (_, n) => mark(`m${n}`, [100, 100])), [name], plain)
    for (const { place: [x, y] } of found) assert.ok(Math.abs(x - 100) >= (54 + 22) / 2 || Math.abs(y - 85) >= (20 + 22) / 2, `${x} ${y}`)
  })

  test("where there is no room at all it stands above its place", () => {
    assert.deepEqual(places(settled([mark("a", [100, 100])], [[[100, 100], 400, 400]], plain)), { a: [100, 85] })
  })

  test("a place that does not fit is passed over", () => {
    assert.deepEqual(places(settled([mark("a", [100, 100])], [], plain, ([, y]) => y > 90)), { a: [100, 115] })
  })
})
