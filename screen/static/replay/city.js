/* The map of the city as a drawing of its own: the land is drawn once, its colours and the marks change. No network, no tiles. */

import { el, say, svg } from "../common/dom.js"
import { file } from "../common/files.js"
import { glyph } from "../common/marks.js"
import { Room, shifted } from "../common/room.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

/** Kilometres of a degree of latitude. */
const DEGREE = 111.2
const EDGE = 8

/** Loads from which a district takes the next grey, as on the wall. */
const STEPS = [1, 6, 12]

/** Degrees around a name that are as good as any more. */
const ENOUGH = 0.08

/** Pixels between the marks of one subject, and by how much they stand above its place. */
const [BESIDE, ABOVE] = [20, 12]

/** Pixels: how far below its subject a value is written. */
const BELOW = 13

/** Pixels: the height of what is written, and the width of a digit. */
const [TALL, DIGIT] = [18, 10]

/** @typedef {Sent.Land["properties"] & { polygons: Sent.Point[][][] }} Land */
/** @typedef {{ waiting: number, load: number, counts: Sent.Counts }} Load */
/** @typedef {{ key: string, id: string, lon: number, lat: number, column: number, size?: number, look: string, title: string, make: () => SVGElement, row?: any }} Marked made anew where its `look` changes */
/** @typedef {{ key: string, lon: number, lat: number, value: number | null, over: boolean, title: string }} Spot its value is written where it is `over` a limit */
/**
 * @template Its
 * @typedef {{ its: Its, look: string, node: SVGElement }} Kept
 */

/**
 * The districts of the file: adcode, names, rings and the place of the name (degrees).
 * @returns {Promise<Land[]>}
 */
export async function readDistricts() {
  const { features } = await (await fetch(file("districts.geojson"))).json()
  return features.map((/** @type {Sent.Land} */ { properties, geometry }) => ({ ...properties, polygons: geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates }))
}

export class City {
  /** @type {{ west: number, east: number, south: number, north: number }} */
  box
  /** A degree of longitude is this much of one of latitude, in the middle of the city. */
  across
  /** @type {Map<string, Sent.Point> | undefined} */
  named
  /** @type {(point: Sent.Point) => Sent.Point} */
  at
  /** @type {[Map<string, Load>, Marked[], Spot[], string | null] | undefined} */
  last
  /** @type {Map<string, Kept<Marked>>} */
  marks = new Map()
  /** @type {Map<string, Kept<Spot>>} */
  spots = new Map()

  /**
   * `open(id)` is called when somebody presses a mark.
   * @param {Land[]} districts
   * @param {(its: Marked | undefined) => void} open
   */
  constructor(districts, open) {
    this.districts = districts
    this.open = open
    this.land = svg("g")
    this.edges = svg("g", { "pointer-events": "none" })
    this.names = svg("g", { "pointer-events": "none" })
    this.dots = svg("g")
    this.over = svg("g")
    this.shapes = new Map(districts.map(({ adcode }) => [adcode, { land: svg("path", { class: "land" }), edge: svg("path", { class: "edge" }), name: svg("text", { class: "name", "text-anchor": "middle" }) }]))
    for (const { land, edge, name } of this.shapes.values()) {
      this.land.append(land)
      this.edges.append(edge)
      this.names.append(name)
    }
    this.drawing = svg("svg", {}, this.land, this.edges, this.dots, this.over, this.names)
    this.ten = el("i")
    this.scale = el("div", "scale", this.ten, t("panel.schematic"))
    this.node = el("div", "city", this.drawing, this.scale)
    this.box = bounds(districts)
    this.across = Math.cos((((this.box.south + this.box.north) / 2) * Math.PI) / 180)
    this.seen = new ResizeObserver(() => this.fit())
    this.seen.observe(this.node)
  }

  /**
   * Names stand where the most air is between these places (degrees), as on the wall; they do not move when trouble comes.
   * @param {{ lon: number, lat: number }[]} places
   */
  name(places) {
    /** @type {(one: Sent.Point, other: Sent.Point) => number} */
    const apart = ([lon, lat], [other, there]) => Math.hypot((lon - other) * this.across, lat - there)
    const taken = places.map(({ lon, lat }) => /** @type {Sent.Point} */ ([lon, lat]))
    this.named = new Map(this.districts.map(({ adcode, labels }) => {
      /** @param {Sent.Point} label */
      const air = (label) => Math.min(ENOUGH, ...taken.map((place) => apart(label, place)))
      const best = labels.reduce((one, other) => (air(other) > air(one) ? other : one))
      taken.push(best)
      return [adcode, best]
    }))
    this.fit()
  }

  /** Draw the land for the room that there is. */
  fit() {
    const [wide, tall] = [this.node.clientWidth, this.node.clientHeight]
    if (!wide || !tall) return
    const { west, east, south, north } = this.box
    const scale = Math.min((wide - 2 * EDGE) / ((east - west) * this.across), (tall - 2 * EDGE) / (north - south))
    const left = (wide - (east - west) * this.across * scale) / 2
    const top = (tall - (north - south) * scale) / 2
    this.at = ([lon, lat]) => [left + (lon - west) * this.across * scale, top + (north - lat) * scale]
    this.drawing.setAttribute("width", String(wide))
    this.drawing.setAttribute("height", String(tall))
    for (const { adcode, polygons, labels, zh, en } of this.districts) {
      const outline = polygons.flat().map((ring) => `M${ring.map((point) => this.at(point).map((number) => number.toFixed(1)).join(" ")).join("L")}Z`).join("")
      const shape = this.shapes.get(adcode)
      if (!shape) continue
      const { land, edge, name } = shape
      land.setAttribute("d", outline)
      edge.setAttribute("d", outline)
      const [x, y] = this.at(this.named?.get(adcode) ?? labels[0])
      name.setAttribute("x", String(x))
      name.setAttribute("y", String(y + 5))
      say(name, words.language === "zh" ? zh : en)
    }
    this.ten.style.width = `${(10 / DEGREE) * scale}px`
    if (this.last) this.show(...this.last, true)
  }

  /**
   * Show loads of districts (by adcode), marks, and subjects with their value. A mark is made anew where its `look` changes.
   * @param {Map<string, Load>} loads
   * @param {Marked[]} marks
   * @param {Spot[]} spots
   * @param {string | null} chosen
   * @param {boolean} [anew]
   */
  show(loads, marks, spots, chosen, anew = false) {
    this.last = [loads, marks, spots, chosen]
    if (!this.at) return
    for (const [adcode, { land, edge }] of this.shapes) {
      const { waiting = 0, load = 0, counts = [0] } = loads.get(adcode) ?? {}
      land.setAttribute("class", `land ${waiting ? "land-red" : `land-${STEPS.filter((step) => load >= step).length}`}`)
      edge.setAttribute("class", `edge ${counts[0] && !waiting ? "red" : ""}`)
    }
    const told = this.readable(spots, marks)
    this.keep(this.dots, this.spots, spots, anew, ({ key, title }) => `${title}/${told.has(key)}`, (each) => dot(each, told.has(each.key)))
    this.keep(this.over, this.marks, marks, anew, ({ look, column }) => `${look}/${column}`, (each) => this.mark(each))
    for (const [, { node, its }] of this.marks) node.classList.toggle("chosen", its.id === chosen)
  }

  /**
   * The subjects whose value can be written without touching a name, a mark or a higher value.
   * @param {Spot[]} spots
   * @param {Marked[]} marks
   */
  readable(spots, marks) {
    const room = new Room()
    for (const { name } of this.shapes.values()) room.fill([Number(name.getAttribute("x")), Number(name.getAttribute("y")) - 5], 16 * name.textContent.length + 8, TALL)
    for (const { lon, lat, column } of marks) room.fill(shifted(this.at([lon, lat]), [column * BESIDE, -ABOVE]), 24, TALL)
    const highest = spots.filter(({ over }) => over).sort((one, other) => Number(other.value) - Number(one.value))
    return new Set(highest.filter((each) => room.take(shifted(this.at([each.lon, each.lat]), [0, BELOW]), DIGIT * written(each).length, TALL)).map(({ key }) => key))
  }

  /**
   * @template {{ key: string, lon: number, lat: number }} Its
   * @param {Element} parent
   * @param {Map<string, Kept<Its>>} known
   * @param {Its[]} wanted
   * @param {boolean} anew
   * @param {(its: Its) => string} look
   * @param {(its: Its) => SVGElement} make
   */
  keep(parent, known, wanted, anew, look, make) {
    const keys = new Set(wanted.map(({ key }) => key))
    for (const [key, { node }] of known) {
      if (keys.has(key)) continue
      node.remove()
      known.delete(key)
    }
    for (const its of wanted) {
      const before = known.get(its.key)
      if (before && before.look === look(its)) {
        before.its = its
        if (anew) this.place(before.node, its)
        continue
      }
      const entry = { its, look: look(its), node: make(its) }
      if (before) before.node.replaceWith(entry.node)
      else parent.append(entry.node)
      known.set(its.key, entry)
      this.place(entry.node, its)
    }
  }

  /**
   * @param {Element} node
   * @param {{ lon: number, lat: number }} its
   */
  place(node, { lon, lat }) {
    const [x, y] = this.at([lon, lat])
    node.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`)
  }

  /** @param {Marked} its */
  mark({ key, id, column = 0, make, title, size = 19 }) {
    const picture = make()
    picture.setAttribute("x", String(column * BESIDE - size / 2))
    picture.setAttribute("y", String(-ABOVE - size / 2))
    const ring = svg("circle", { class: "ring", cx: column * BESIDE, cy: -ABOVE + 1, r: size / 2 + 6 })
    const name = svg("title")
    name.textContent = title
    const node = svg("g", { class: "mark" }, name, ring, picture)
    node.dataset.alert = id
    node.onclick = () => this.open(this.marks.get(key)?.its)
    return node
  }

  close() {
    this.seen.disconnect()
  }
}

/**
 * A glyph with a halo of the ground, so that it can be told from any land.
 * @param {Sent.Severity} severity
 * @param {{ state?: string, phase?: Sent.Phase }} look
 * @param {number} size
 */
export function mark(severity, look, size) {
  return glyph(severity, { ...look, size, halo: true })
}

/**
 * A value as the map has it: in whole numbers, as on the wall.
 * @param {Spot} spot
 */
const written = ({ value }) => String(Math.round(Number(value)))

/**
 * @param {Spot} spot
 * @param {boolean} told
 */
function dot(spot, told) {
  const name = svg("title")
  name.textContent = spot.title
  const node = svg("g", { class: "spot" }, name, svg("circle", { r: 3 }))
  if (told) {
    const text = svg("text", { y: BELOW + 5, "text-anchor": "middle" })
    text.textContent = written(spot)
    node.append(text)
  }
  return node
}

/** @param {Land[]} districts */
function bounds(districts) {
  const points = districts.flatMap(({ polygons }) => polygons.flat(2))
  const [lons, lats] = [0, 1].map((n) => points.map((point) => point[n]))
  return { west: Math.min(...lons), east: Math.max(...lons), south: Math.min(...lats), north: Math.max(...lats) }
}
