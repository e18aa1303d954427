/* What stands above the land of the map: edges and names of districts, stations, their indices, the marks of alerts.
 *
 * It has a canvas of its own. Without a graphics card WebGL takes some 50 µs for each point and each piece of a line, a canvas
 * one or two: 4,000 points and the edges took deck.gl a second, in which the page stood still. */

import { el } from "../../common/dom.js"
import { file } from "../../common/files.js"
import { Room, shifted } from "../../common/room.js"
import * as words from "../../common/words.js"

/** Pixels: a station without an alert is a small grey dot, so that the alerts are seen first. */
const QUIET = 2.5
const HALO = 1.5
const FONT = "400 18px Onescreen"
/** Pixels: the height of a line, and the width of a digit. */
const [TALL, DIGIT] = [20, 10]
/** Pixels: a letter's outline, the line between districts, and the edge of one that has red alerts. */
const [AROUND, BETWEEN, EDGE] = [4, 2, 3]

/** More rows of pixels than any display has. */
const ROWS = 100_000

/** Pixels of a mark in the file of all marks. */
const CELL = 64
const MARKS = file("marks.svg")
const DISTRICTS = file("districts.geojson")

/** @typedef {{ edges: string[], fresh: string[], names: Sent.Label[], dots: Sent.Dot[], indices: Sent.Index[], marks: Sent.Mark[] }} Rows adcodes of the districts with a red edge, and of those (`fresh`) with a white one; all else has a place `at` */
/** @typedef {{ width: number, height: number, longitude: number, latitude: number, zoom: number, project: (at: Sent.Point) => Sent.Point }} Viewport */
/** @typedef {(token: string) => string} Colour */

export class Above {
  /** @type {Rows} */
  rows = { edges: [], fresh: [], names: [], dots: [], indices: [], marks: [] }
  /** @type {Map<string, OffscreenCanvas>} */
  pictures = new Map()
  /** @type {Map<string, Path2D>} */
  outlines = new Map()
  /** @type {[adcode: string, rings: Sent.Point[][]][]} */
  districts
  /** @type {HTMLImageElement} */
  atlas
  /** @type {Viewport | undefined} */
  viewport
  /** @type {CanvasRenderingContext2D} */
  pen
  /** @type {string} */
  place

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
   * Draw all, `viewport` (deck.gl's) says where, in so many pixels of the display for one of the map; `colour` gives a token's colour.
   * @param {Viewport} viewport
   * @param {number} sharpness
   * @param {Colour} colour
   */
  draw(viewport, sharpness, colour) {
    const [width, height] = [viewport.width, viewport.height]
    this.viewport = viewport
    const pen = this.node.getContext("2d")
    if (!pen) return
    this.pen = pen
    const [wide, tall] = [width * sharpness, height * sharpness].map(Math.round)
    if (this.node.width !== wide || this.node.height !== tall) Object.assign(this.node, { width: wide, height: tall })
    this.pen.setTransform(sharpness, 0, 0, sharpness, 0, 0)
    this.pen.clearRect(0, 0, width, height)
    this.edge(viewport, colour)
    this.write(this.rows.names, viewport, colour, "ink-1", (row) => row[words.language])
    const dot = this.picture(`dot ${sharpness}`, 2 * (QUIET + HALO), sharpness, (brush, size) => paintDot(brush, size / 2, colour))
    for (const place of this.places(viewport, sharpness)) this.stamp(dot, place, 2 * (QUIET + HALO))
    this.write(this.readable(viewport), viewport, colour, "ink-2", (row) => row.index)
    for (const { at, cell, size, offset } of this.rows.marks) {
      const mark = this.picture(`${cell} ${size} ${sharpness}`, size, sharpness, (brush) => brush.drawImage(this.atlas, ...cell, CELL, CELL, 0, 0, size, size))
      this.stamp(mark, shifted(viewport.project(at), offset), size)
    }
  }

  /**
   * The row of the mark at a pixel of the map, the uppermost one; none where there is none.
   * @param {number} x
   * @param {number} y
   */
  at(x, y) {
    const { viewport } = this
    if (!viewport) return undefined
    return this.rows.marks.findLast(({ at, size, offset }) => {
      const [left, top] = shifted(viewport.project(at), offset)
      return Math.max(Math.abs(left - x), Math.abs(top - y)) <= size / 2
    })
  }

  /**
   * Where dots are to be seen: one for each pixel of the display, none outside of the map.
   * @param {Viewport} viewport
   * @param {number} sharpness
   */
  places(viewport, sharpness) {
    const found = new Map()
    const reach = QUIET + HALO
    for (const { at } of this.rows.dots) {
      const place = viewport.project(at)
      const [x, y] = place
      if (x < -reach || y < -reach || x > viewport.width + reach || y > viewport.height + reach) continue
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
   * Lines between all districts, then the edges of those that have red alerts, all acknowledged, then of those with new ones.
   * @param {Viewport} viewport
   * @param {Colour} colour
   */
  edge(viewport, colour) {
    const place = [viewport.longitude, viewport.latitude, viewport.zoom, viewport.width, viewport.height].join()
    if (place !== this.place) this.outlines = new Map(this.districts.map(([adcode, rings]) => [adcode, outline(rings, viewport)]))
    this.place = place
    this.pen.lineJoin = "round"
    /** @type {[token: string, wide: number, has: (adcode: string) => boolean][]} */
    const lines = [["bg-0", BETWEEN, () => true], ["red", EDGE, (adcode) => this.rows.edges.includes(adcode)], ["ink-1", EDGE, (adcode) => this.rows.fresh.includes(adcode)]]
    for (const [token, wide, has] of lines) {
      Object.assign(this.pen, { strokeStyle: colour(token), lineWidth: wide })
      for (const [adcode, path] of this.outlines) if (has(adcode)) this.pen.stroke(path)
    }
  }

  /**
   * The indices that can be written without touching a name, a mark or a higher index.
   * @param {Viewport} viewport
   */
  readable(viewport) {
    const room = new Room()
    this.pen.font = FONT
    for (const row of this.rows.names) room.fill(viewport.project(row.at), this.pen.measureText(row[words.language]).width, TALL)
    for (const { at, size, offset } of this.rows.marks) room.fill(shifted(viewport.project(at), offset), size, TALL)
    return this.rows.indices.filter(({ at, index, offset }) => room.take(shifted(viewport.project(at), offset), DIGIT * index.length, TALL))
  }

  /**
   * @template {{ at: Sent.Point, offset?: Sent.Point }} Row
   * @param {Row[]} rows
   * @param {Viewport} viewport
   * @param {Colour} colour
   * @param {string} token
   * @param {(row: Row) => string} text
   */
  write(rows, viewport, colour, token, text) {
    Object.assign(this.pen, { font: FONT, textAlign: "center", textBaseline: "middle", lineJoin: "round", lineWidth: AROUND, strokeStyle: colour("bg-0"), fillStyle: colour(token) })
    for (const row of rows) {
      const place = shifted(viewport.project(row.at), row.offset ?? [0, 0])
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
 * The rings of a district as a path of the map's pixels.
 * @param {Sent.Point[][]} parts
 * @param {Viewport} viewport
 */
function outline(parts, viewport) {
  const path = new Path2D()
  for (const ring of parts) {
    ring.forEach((point, n) => (n ? path.lineTo(...viewport.project(point)) : path.moveTo(...viewport.project(point))))
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
