// Leaves out of Tabler's stylesheet what no page of ours uses: whole families of classes, by name.
//
// A selector goes that names such a class, and a rule that has none left. What is not on the list stays,
// so a page may use any other class of Tabler without a word here.

const FAMILIES = [
  "accordion", "calendar", "carousel", "chat", "countdown", "demo", "driver", "dropzone", "fc",
  "flag", "flatpickr", "form-colorinput", "form-imagecheck", "fslightbox", "hugerte", "jvm",
  "legend", "litepicker", "marketing", "mention", "modal", "nouislider", "offcanvas", "otp",
  "payment", "placeholder", "plyr", "popover", "ratio", "ribbon", "settings", "signal", "signature",
  "social", "sortable", "sparkline", "strength", "switch-icon", "toast", "tooltip", "tox", "ts",
  "tom-select", "typed", "turbo", "vc", "segmented",
];
const BRANDS = "bitbucket|dribbble|facebook|flickr|github|google|instagram|linkedin|pinterest|rss|tabler|twitter|vimeo|vk|x|youtube";
const HUES = "azure|cyan|indigo|lime|pink|purple|teal";
const USELESS = [
  new RegExp(`^(?:${FAMILIES.join("|")})(?:-|$)`),
  new RegExp(`^(?:bg|btn|btn-ghost|btn-outline|border|link|list-group-item|steps|text|text-bg|tag|alert|badge|status|ribbon|nav|progress|divide|theme)-(?:${BRANDS}|${HUES})(?:-|$)`),
  /-xxl(?:-|$)/,
  /^(?:link|bg|text|border)-opacity-/,
  /^(?:gap|row-gap|column-gap|space|space-x|space-y|divide|object-fit|order|float|rotate|translate|z|columns|cursor|scale)-(?:sm|md|lg|xl)/,
];

// Other ways to choose a theme than ours, which is data-bs-theme at the root or nothing; bars at the side.
const LAYOUTS = /\[data-theme=|\[data-bs-navbar-theme=|^body\[data-bs-theme=|\.theme-(?:dark|light)|sidebar|navbar-vertical/;

function useless(selector) {
  if (LAYOUTS.test(selector)) return true;
  const names = [...selector.matchAll(/\.((?:[\w-]|\\.)+)/g)].map((found) => found[1]);
  return names.some((name) => USELESS.some((pattern) => pattern.test(name)));
}

// The end of what starts at `from`: after its `;`, or after the `}` that closes it.
function end(css, from) {
  let depth = 0;
  for (let at = from; at < css.length; at++) {
    const sign = css[at];
    if (sign === '"' || sign === "'") at = closed(css, at, sign);
    else if (sign === "{") depth++;
    else if (sign === ";" && depth === 0) return at + 1;
    else if (sign === "}" && --depth === 0) return at + 1;
  }
  return css.length;
}

function closed(css, at, sign) {
  do at = css.indexOf(sign, at + 1);
  while (css[at - 1] === "\\");
  return at;
}

function rules(css) {
  const kept = [];
  for (let at = 0; at < css.length; ) {
    const next = end(css, at);
    kept.push(rule(css.slice(at, next)));
    at = next;
  }
  return kept.join("\n");
}

function rule(text) {
  const opening = text.indexOf("{");
  if (opening < 0) return text;
  const head = text.slice(0, opening).trim();
  if (/^@(?:media|supports|layer|container)/.test(head)) {
    const inner = rules(text.slice(opening + 1, text.lastIndexOf("}")));
    return inner.trim() ? `${head}{${inner}}` : "";
  }
  if (head.startsWith("@")) return text;
  const kept = selectors(head).filter((selector) => !useless(selector.trim()));
  return kept.length ? kept.join(",") + text.slice(opening) : "";
}

// Cut at the commas that stand in no brackets.
function selectors(head) {
  const found = [""];
  let depth = 0;
  for (const sign of head) {
    if (sign === "(") depth++;
    if (sign === ")") depth--;
    if (sign === "," && depth === 0) found.push("");
    else found[found.length - 1] += sign;
  }
  return found;
}

export function purged(css) {
  return rules(css.replace(/\/\*[^]*?\*\//g, ""));
}
