/* The way out, for who has signed in; where there are no accounts there is none. */

import { button, say } from "./dom.js"
import { signOut } from "./session.js"
import { t } from "./words.js"

export class Leave {
  constructor() {
    this.node = button("leave", () => signOut(), t("sign.out"))
    this.node.hidden = true
  }

  /** `named`: whether the button itself names the person. */
  show(person, named = false) {
    this.node.hidden = !person?.way || person.way === "wall"
    if (named && person) say(this.node, `${person.name} · ${t("sign.out")}`)
  }
}
