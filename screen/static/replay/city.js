/* The map of the city as a drawing of its own: the land is drawn once, its colours and the marks change. No network, no tiles. */

import { el, say, svg } from "../common/dom.js"
import { file } from "../common/files.js"
import { glyph } from "../common/marks.js"
import { Room, shifted } from "../common/room.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

/** A degree of longitude is this much of one of latitude, at the city's latitude (34.6° N). */
const ACROSS = Math.cos((34.6 * Math.PI) / 180)

/** Kilometres of a degree of latitude. */
const DEGREE = 111.2
const EDGE = 8

/** Loads from which a district takes the next grey, as on the wall. */
const STEPS = [1, 6, 12]

/** Degrees around a name that are as good as any more. */
const ENOUGH = 0.08

/** Pixels between the marks of one subject, and by how much they stand above its place. */
const [BESIDE, ABOVE] = [20, 12]

/** An index above this is pollution (HJ 633): it is written, so far below its station. */
const [BEYOND, BELOW] = [100, 13]

/** Pixels: the height of what is written. */
const TALL = 18

/** The districts of the file: adcode, names, rings and the place of the name (degrees). */
export async function readDistricts() {
  const { features } = await (await fetch(file("districts.geojson"))).json()
  return features.map(({ properties, geometry }) => ({ ...properties, polygons: geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates }))
}

export class City {
  /** `open(id)` is called when somebody presses a mark. */
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
    this.drawing = svg("svg", {}, this.land, this.edges, this.dots, this.names, this.over)
    this.scale = el("div", "scale", el("i"), t("panel.schematic"))
    this.node = el("div", "city", this.drawing, this.scale)
    this.marks = new Map()
    this.stations = new Map()
    this.box = bounds(districts)
    this.seen = new ResizeObserver(() => this.fit())
    this.seen.observe(this.node)
  }

  /** Names stand where the most air is between these places (degrees), as on the wall; they do not move when trouble comes. */
  name(places) {
    const apart = ([lon, lat], [other, there]) => Math.hypot((lon - other) * ACROSS, lat - there)
    const taken = places.map(({ lon, lat }) => [lon, lat])
    this.named = new Map(this.districts.map(({ adcode, labels }) => {
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
    const scale = Math.min((wide - 2 * EDGE) / ((east - west) * ACROSS), (tall - 2 * EDGE) / (north - south))
    const left = (wide - (east - west) * ACROSS * scale) / 2
    const top = (tall - (north - south) * scale) / 2
    this.at = ([lon, lat]) => [left + (lon - west) * ACROSS * scale, top + (north - lat) * scale]
    this.drawing.setAttribute("width", wide)
    this.drawing.setAttribute("height", tall)
    for (const { adcode, polygons, labels, zh, en } of this.districts) {
      const outline = polygons.flat().map((ring) => `M${ring.map((point) => this.at(point).map((number) => number.toFixed(1)).join(" ")).join("L")}Z`).join("")
      const { land, edge, name } = this.shapes.get(adcode)
      land.setAttribute("d", outline)
      edge.setAttribute("d", outline)
      const [x, y] = this.at(this.named?.get(adcode) ?? labels[0])
      name.setAttribute("x", x)
      name.setAttribute("y", y + 5)
      say(name, words.language === "zh" ? zh : en)
    }
    this.scale.firstChild.style.width = `${(10 / DEGREE) * scale}px`
    if (this.last) this.show(...this.last, true)
  }

  /**
   * Show loads of districts (by adcode), marks, and stations. A mark is `{key, id, lon, lat, column, look, make(), title}`: it is made anew
   * where its `look` changes. A station is `{key, lon, lat, index}`.
   */
  show(loads, marks, stations, chosen, anew = false) {
    this.last = [loads, marks, stations, chosen]
    if (!this.at) return
    for (const [adcode, { land, edge }] of this.shapes) {
      const { waiting = 0, load = 0, counts = [0] } = loads.get(adcode) ?? {}
      land.setAttribute("class", `land ${waiting ? "land-red" : `land-${STEPS.filter((step) => load >= step).length}`}`)
      edge.setAttribute("class", `edge ${counts[0] && !waiting ? "red" : ""}`)
    }
    const told = this.readable(stations, marks)
    this.keep(this.dots, this.stations, stations, anew, ({ key, index }) => `${index}/${told.has(key)}`, (station) => spot(station, told.has(station.key)))
    this.keep(this.over, this.marks, marks, anew, ({ look, column }) => `${look}/${column}`, (each) => this.mark(each))
    for (const [, { node, its }] of this.marks) node.classList.toggle("chosen", its.id === chosen)
  }

  /** The stations whose index can be written without touching a name, a mark or a higher index. */
  readable(stations, marks) {
    const room = new Room()
    for (const { name } of this.shapes.values()) room.fill([Number(name.getAttribute("x")), Number(name.getAttribute("y")) - 5], 16 * name.textContent.length + 8, TALL)
    for (const { lon, lat, column } of marks) room.fill(shifted(this.at([lon, lat]), [column * BESIDE, -ABOVE]), 24, TALL)
    const worst = stations.filter(({ index }) => index > BEYOND).sort((one, other) => other.index - one.index)
    return new Set(worst.filter(({ lon, lat }) => room.take(shifted(this.at([lon, lat]), [0, BELOW]), 28, TALL)).map(({ key }) => key))
  }

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

  place(node, { lon, lat }) {
    const [x, y] = this.at([lon, lat])
    node.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`)
  }

  mark({ key, id, column = 0, make, title, size = 19 }) {
    const picture = make()
    picture.setAttribute("x", column * BESIDE - size / 2)
    picture.setAttribute("y", -ABOVE - size / 2)
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

/** A glyph with a halo of the ground, so that it can be told from any land. */
export function mark(severity, look, size) {
  return glyph(severity, { ...look, size, halo: true })
}

function spot({ index, title }, told) {
  const name = svg("title")
  name.textContent = title
  const node = svg("g", { class: "spot" }, name, svg("circle", { r: 3 }))
  if (told) {
    const text = svg("text", { y: BELOW + 5, "text-anchor": "middle" })
    text.textContent = String(index)
    node.append(text)
  }
  return node
}

function bounds(districts) {
  const points = districts.flatMap(({ polygons }) => polygons.flat(2))
  const [lons, lats] = [0, 1].map((n) => points.map((point) => point[n]))
  return { west: Math.min(...lons), east: Math.max(...lons), south: Math.min(...lats), north: Math.max(...lats) }
}
