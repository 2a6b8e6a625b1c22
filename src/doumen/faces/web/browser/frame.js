// What every page runs: htmx with its server-sent events, and the small ways of our frame.
//
// All of it adds to pages that work without: links, forms and <details> do what they do anyway.
// No code comes from attributes: `hx-on` and `js:` need eval, which the policy of the pages forbids.

import "htmx.org";
import "htmx.org/dist/ext/hx-sse.js";
import { confirming } from "./confirm.js";
import { copying } from "./copy.js";
import { dropdowns } from "./dropdowns.js";
import { choosing, focusing } from "./focus.js";
import { keys } from "./keys.js";
import { once } from "./once.js";
import { uploading } from "./upload.js";

confirming();
copying();
dropdowns();
choosing();
focusing();
keys();
uploading();
once();

// <button data-print>
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
