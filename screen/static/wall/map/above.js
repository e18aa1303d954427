/* What stands above the land of the map: edges and names of districts, stations, their indices, the marks of alerts; the inset of the core.
 *
 * It has a canvas of its own. Without a graphics card WebGL takes some 50 µs for each point and each piece of a line, a canvas
 * one or two: 4,000 points and the edges took deck.gl a second, in which the page stood still. */

import { el } from "../../common/dom.js"
import { file } from "../../common/files.js"
import { Room, shifted } from "../../common/room.js"
import * as words from "../../common/words.js"
import { border, inset, lies, parted } from "./core.js"
import { settled } from "./places.js"

/** Pixels: a station without an alert is a small grey dot, so that the alerts are seen first. */
const QUIET = 2.5
const HALO = 1.5
const FONT = "400 18px Onescreen"
/** Pixels: the height of a line, and the width of a digit. */
const [TALL, DIGIT] = [20, 10]
/** Pixels: a letter's outline, the line between districts, the edge of one that has red alerts, and the border of the core. */
const [AROUND, BETWEEN, EDGE, BORDER] = [4, 2, 3, 1.5]
/** Pixels between a mark's middle and the border of the inset, and the upper one, below which is its title. */
const [MARGIN, BELOW_TITLE] = [14, 40]

/** More rows of pixels than any display has. */
const ROWS = 100_000

/** Pixels of a mark in the file of all marks. */
const CELL = 64
const MARKS = file("marks.svg")
const DISTRICTS = file("districts.geojson")

/** @typedef {{ edges: string[], fresh: string[], names: Sent.Label[], dots: Sent.Dot[], indices: Sent.Index[], marks: Sent.Mark[] }} Rows adcodes of the districts with a red edge, and of those (`fresh`) with a white one; all else has a place `at` */
/** @typedef {{ width: number, height: number, longitude: number, latitude: number, zoom: number, project: (at: Sent.Point) => Sent.Point }} Viewport */
/** @typedef {(token: string) => string} Colour */
/** @typedef {{ key: string, left: number, top: number, width: number, height: number, project: import("./core.js").Project, fits: (place: Sent.Point) => boolean }} Frame a part of the canvas on which places have pixels; `key`: another one where these are others; `fits`: whether a mark may stand there */
/** @typedef {{ core: Sent.Core, fills: ReturnType<typeof import("./loads.js").fills> }} Inset */

export class Above {
  /** @type {Rows} */
  rows = { edges: [], fresh: [], names: [], dots: [], indices: [], marks: [] }
  /** @type {Map<string, OffscreenCanvas>} */
  pictures = new Map()
  /** @type {Record<string, { key: string, paths: Map<string, Path2D> }>} */
  outlines = {}
  /** @type {{ mark: Sent.Mark, place: Sent.Point }[]} */
  settled = []
  /** @type {[adcode: string, rings: Sent.Point[][]][]} */
  districts
  /** @type {HTMLImageElement} */
  atlas
  /** @type {CanvasRenderingContext2D} */
  pen

  constructor() {
    this.node = el("canvas", "above")
  }

  /** The marks and the districts must be there before the first drawing. */
  async ready() {
    this.atlas = new Image()
    this.atlas.src = MARKS
    const land = fetch(DISTRICTS).then((answer) => answer.json())
    this.districts = (await land).features.map((/** @type {Sent.Land} */ { properties, geometry }) => [properties.adcode, rings(geometry)])
    await this.atlas.decode()
  }

  /**
   * Draw all, `viewport` (deck.gl's) says where, in so many pixels of the display for one of the map; `colour` gives a token's colour. What
   * lies in the core is drawn in its inset, and not on the map; without an inset all is drawn on the map.
   * @param {Viewport} viewport
   * @param {number} sharpness
   * @param {Colour} colour
   * @param {Inset} [larger]
   */
  draw(viewport, sharpness, colour, larger) {
    const [width, height] = [viewport.width, viewport.height]
    const pen = this.node.getContext("2d")
    if (!pen) return
    this.pen = pen
    const [wide, tall] = [width * sharpness, height * sharpness].map(Math.round)
    if (this.node.width !== wide || this.node.height !== tall) Object.assign(this.node, { width: wide, height: tall })
    this.pen.setTransform(sharpness, 0, 0, sharpness, 0, 0)
    this.pen.clearRect(0, 0, width, height)
    const core = larger && border(larger.core, (at) => viewport.project(at))
    /** @type {Frame} */
    const map = { key: [viewport.longitude, viewport.latitude, viewport.zoom, width, height].join(), left: 0, top: 0, width, height, project: (at) => viewport.project(at), fits: (place) => !core || !lies(core, place, -MARGIN) }
    const { names, dots, indices, marks, ...lines } = this.rows
    const [within, beside] = [0, 1].map((part) => ({ ...lines, names: parted(larger?.core, names)[part], dots: parted(larger?.core, dots)[part], indices: parted(larger?.core, indices)[part], marks: parted(larger?.core, marks)[part] }))
    this.settled = []
    this.edge("map", map, colour)
    if (core) this.frame(core, colour)
    this.fill(beside, map, sharpness, colour)
    if (larger) this.inset(within, larger, sharpness, colour)
  }

  /**
   * The core on its own ground: the land of the districts in their colours, then all as on the map.
   * @param {Rows} rows
   * @param {Inset} larger
   * @param {number} sharpness
   * @param {Colour} colour
   */
  inset(rows, { core, fills }, sharpness, colour) {
    const { left, top, width, height } = core
    /** @type {Frame} */
    const frame = { key: Object.values(core).join(), left, top, width, height, project: inset(core), fits: (place) => lies([left, top, width, height], place, MARGIN, BELOW_TITLE) }
    this.pen.save()
    this.pen.beginPath()
    this.pen.rect(left, top, width, height)
    this.pen.clip()
    this.pen.fillStyle = colour("bg-0")
    this.pen.fillRect(left, top, width, height)
    for (const [adcode, path] of this.paths("inset", frame)) {
      this.pen.fillStyle = fills.named[adcode] ?? fills.other
      this.pen.fill(path)
    }
    this.edge("inset", frame, colour)
    this.fill(rows, frame, sharpness, colour)
    this.pen.restore()
    this.frame([left, top, width, height], colour)
  }

  /**
   * @param {[left: number, top: number, width: number, height: number]} box
   * @param {Colour} colour
   */
  frame(box, colour) {
    Object.assign(this.pen, { strokeStyle: colour("ink-2"), lineWidth: BORDER })
    this.pen.strokeRect(...box)
  }

  /**
   * Stations, indices, marks, and the names above all.
   * @param {Rows} rows
   * @param {Frame} frame
   * @param {number} sharpness
   * @param {Colour} colour
   */
  fill(rows, frame, sharpness, colour) {
    const { project, fits } = frame
    this.pen.font = FONT
    const boxes = rows.names.map((row) => /** @type {import("./places.js").Box} */ ([project(row.at), this.pen.measureText(row[words.language]).width, TALL]))
    const marks = settled(rows.marks, boxes, project, fits)
    const dot = this.picture(`dot ${sharpness}`, 2 * (QUIET + HALO), sharpness, (brush, size) => paintDot(brush, size / 2, colour))
    for (const place of this.places(rows.dots, frame, sharpness)) this.stamp(dot, place, 2 * (QUIET + HALO))
    this.write(readable(rows.indices, boxes, marks, frame), project, colour, "ink-2", (row) => row.index)
    for (const { mark, place } of marks) {
      const { cell, size } = mark
      this.stamp(this.picture(`${cell} ${size} ${sharpness}`, size, sharpness, (brush) => brush.drawImage(this.atlas, ...cell, CELL, CELL, 0, 0, size, size)), place, size)
    }
    this.write(rows.names, project, colour, "ink-1", (row) => row[words.language])
    this.settled.push(...marks)
  }

  /**
   * The row of the mark at a pixel of the map, the uppermost one; none where there is none.
   * @param {number} x
   * @param {number} y
   */
  at(x, y) {
    return this.settled.findLast(({ mark: { size }, place: [left, top] }) => Math.max(Math.abs(left - x), Math.abs(top - y)) <= size / 2)?.mark
  }

  /**
   * Where dots are to be seen: one for each pixel of the display, none outside of the frame.
   * @param {Sent.Dot[]} dots
   * @param {Frame} frame
   * @param {number} sharpness
   */
  places(dots, { left, top, width, height, project }, sharpness) {
    const found = new Map()
    const reach = QUIET + HALO
    for (const { at } of dots) {
      const place = project(at)
      const [x, y] = place
      if (x < left - reach || y < top - reach || x > left + width + reach || y > top + height + reach) continue
      found.set(Math.round(x * sharpness) * ROWS + Math.round(y * sharpness), place)
    }
    return found.values()
  }

  /**
   * A small picture, painted once: stamping it costs a tenth of painting it.
   * @param {string} key
   * @param {number} size
   * @param {number} sharpness
   * @param {(pen: OffscreenCanvasRenderingContext2D, size: number) => void} paint
   */
  picture(key, size, sharpness, paint) {
    const known = this.pictures.get(key)
    if (known) return known
    const made = new OffscreenCanvas(Math.ceil(size * sharpness), Math.ceil(size * sharpness))
    const pen = made.getContext("2d")
    if (pen) {
      pen.scale(made.width / size, made.height / size)
      paint(pen, size)
    }
    this.pictures.set(key, made)
    return made
  }

  /**
   * @param {OffscreenCanvas} picture
   * @param {Sent.Point} place
   * @param {number} size
   */
  stamp(picture, [x, y], size) {
    this.pen.drawImage(picture, x - size / 2, y - size / 2, size, size)
  }

  /**
   * The outlines of the districts in a frame, made anew where it is another one than before.
   * @param {string} name of the frame
   * @param {Frame} frame
   */
  paths(name, { key, project }) {
    if (this.outlines[name]?.key !== key) this.outlines[name] = { key, paths: new Map(this.districts.map(([adcode, parts]) => [adcode, outline(parts, project)])) }
    return this.outlines[name].paths
  }

  /**
   * Lines between all districts, then the edges of those that have red alerts, all acknowledged, then of those with new ones.
   * @param {string} name of the frame
   * @param {Frame} frame
   * @param {Colour} colour
   */
  edge(name, frame, colour) {
    this.pen.lineJoin = "round"
    /** @type {[token: string, wide: number, has: (adcode: string) => boolean][]} */
    const lines = [["bg-0", BETWEEN, () => true], ["red", EDGE, (adcode) => this.rows.edges.includes(adcode)], ["ink-1", EDGE, (adcode) => this.rows.fresh.includes(adcode)]]
    for (const [token, wide, has] of lines) {
      Object.assign(this.pen, { strokeStyle: colour(token), lineWidth: wide })
      for (const [adcode, path] of this.paths(name, frame)) if (has(adcode)) this.pen.stroke(path)
    }
  }

  /**
   * @template {{ at: Sent.Point, offset?: Sent.Point }} Row
   * @param {Row[]} rows
   * @param {import("./core.js").Project} project
   * @param {Colour} colour
   * @param {string} token
   * @param {(row: Row) => string} text
   */
  write(rows, project, colour, token, text) {
    Object.assign(this.pen, { font: FONT, textAlign: "center", textBaseline: "middle", lineJoin: "round", lineWidth: AROUND, strokeStyle: colour("bg-0"), fillStyle: colour(token) })
    for (const row of rows) {
      const place = shifted(project(row.at), row.offset ?? [0, 0])
      this.pen.strokeText(text(row), ...place)
      this.pen.fillText(text(row), ...place)
    }
  }
}

/**
 * @param {Sent.Land["geometry"]} geometry
 * @returns {Sent.Point[][]}
 */
const rings = ({ type, coordinates }) => (type === "Polygon" ? coordinates : coordinates.flat())

/**
 * The indices that can be written within the frame without touching a name, a mark or a higher index.
 * @param {Sent.Index[]} indices
 * @param {import("./places.js").Box[]} names
 * @param {{ mark: Sent.Mark, place: Sent.Point }[]} marks
 * @param {Frame} frame
 */
function readable(indices, names, marks, { left, top, width, height, project }) {
  const room = new Room()
  for (const name of names) room.fill(...name)
  for (const { mark, place } of marks) room.fill(place, mark.size, TALL)
  return indices.filter(({ at, index, offset }) => {
    const place = shifted(project(at), offset)
    return lies([left, top, width, height], place, TALL) && room.take(place, DIGIT * index.length, TALL)
  })
}

/**
 * The rings of a district as a path of the map's pixels.
 * @param {Sent.Point[][]} parts
 * @param {import("./core.js").Project} project
 */
function outline(parts, project) {
  const path = new Path2D()
  for (const ring of parts) {
    ring.forEach((point, n) => (n ? path.lineTo(...project(point)) : path.moveTo(...project(point))))
    path.closePath()
  }
  return path
}

/**
 * @param {OffscreenCanvasRenderingContext2D} pen
 * @param {number} middle
 * @param {Colour} colour
 */
function paintDot(pen, middle, colour) {
  for (const [radius, token] of /** @type {[number, string][]} */ ([[QUIET + HALO / 2, "bg-0"], [QUIET - HALO / 2, "axis"]])) {
    pen.fillStyle = colour(token)
    pen.beginPath()
    pen.arc(middle, middle, radius, 0, 2 * Math.PI)
    pen.fill()
  }
}
