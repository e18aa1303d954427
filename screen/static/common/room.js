/* Which boxes still have room: they are kept by the cells of a grid that they touch, and compared with their neighbours alone. */

/** Pixels of a cell, and cells in a column of the grid: more than any display has. */
const [CELL, WIDE] = [48, 100_000]

/** @typedef {[left: number, top: number, right: number, bottom: number]} Box */

export class Room {
  constructor() {
    /** @type {Map<number, Box[]>} */
    this.cells = new Map()
  }

  /**
   * Take the room of a box (its middle, width, height; pixels), whatever stands there.
   * @param {Sent.Point} middle
   * @param {number} width
   * @param {number} height
   */
  fill(middle, width, height) {
    const box = around(middle, width, height)
    for (const cell of this.touched(box)) this.cells.set(cell, [...(this.cells.get(cell) ?? []), box])
  }

  /**
   * Take the room of a box if it overlaps none that has been taken; whether it did.
   * @param {Sent.Point} middle
   * @param {number} width
   * @param {number} height
   */
  take(middle, width, height) {
    const free = this.free(middle, width, height)
    if (free) this.fill(middle, width, height)
    return free
  }

  /**
   * Whether a box overlaps none that has been taken.
   * @param {Sent.Point} middle
   * @param {number} width
   * @param {number} height
   */
  free(middle, width, height) {
    const box = around(middle, width, height)
    return this.touched(box).every((cell) => !this.cells.get(cell)?.some((other) => overlap(box, other)))
  }

  /** @param {Box} box */
  touched([left, top, right, bottom]) {
    const cells = []
    for (let column = Math.floor(left / CELL); column <= Math.floor(right / CELL); column++) {
      for (let row = Math.floor(top / CELL); row <= Math.floor(bottom / CELL); row++) cells.push(column * WIDE + row)
    }
    return cells
  }
}

/**
 * @param {Sent.Point} middle
 * @param {number} width
 * @param {number} height
 * @returns {Box}
 */
const around = ([x, y], width, height) => [x - width / 2, y - height / 2, x + width / 2, y + height / 2]

/**
 * @param {Box} one
 * @param {Box} other
 */
const overlap = (one, other) => one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3]

/**
 * A place moved by so many pixels.
 * @param {Sent.Point} place
 * @param {Sent.Point} by
 * @returns {Sent.Point}
 */
export const shifted = ([x, y], [right, down]) => [x + right, y + down]
