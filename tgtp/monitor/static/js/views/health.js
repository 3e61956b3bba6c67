/* Nothing yet. */

import { make } from "../dom.js";

export function mount(root, { words }) {
  root.append(make("h1", {}, words.say("view.health")));
  return { update() {}, unmount() {} };
}
