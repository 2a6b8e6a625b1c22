// Keys: `/` and Ctrl+K go to the search; in a list marked data-review `j` and `k` move between its
// items (data-item), and a letter that one of the buttons of the item names (data-key="a") presses it;
// a button with such a letter that is in no item is pressed from wherever one is. Escape leaves a field
// of an item, and closes what was opened there.

function typing(target) {
  const within = target.shadowRoot?.activeElement ?? target;
  return within.isContentEditable || within.matches("input, textarea, select, [contenteditable]");
}

function search() {
  const field = document.querySelector("[data-search], input[type=search]");
  field?.focus();
  field?.select();
  return Boolean(field);
}

function items() {
  return [...document.querySelectorAll("[data-review] [data-item]")];
}

function move(step) {
  const all = items();
  const at = all.findIndex((item) => item.contains(document.activeElement));
  const next = all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
  if (!next) return false;
  next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function press(key) {
  const item = document.activeElement?.closest("[data-review] [data-item]");
  const named = `[data-key="${CSS.escape(key)}"]`;
  const button = item?.querySelector(named)
    ?? [...document.querySelectorAll(named)].find((each) => !each.closest("[data-item]"));
  if (!button) return false;
  button.click();
  const opened = button.matches("summary") && button.parentElement;
  if (opened?.open) opened.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  return true;
}

function leave(target) {
  const item = target.closest?.("[data-review] [data-item]");
  if (!item || target === item) return false;
  const opened = target.closest("details[open]");
  if (opened) opened.open = false;
  item.focus();
  return true;
}

function done(event) {
  if (event.key === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) return search();
  if (event.key === "Escape") return leave(event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return false;
  if (event.key === "/") return search();
  if (event.key === "j") return move(1);
  if (event.key === "k") return move(-1);
  return event.key.length === 1 && press(event.key);
}

export function keys() {
  document.addEventListener("keydown", (event) => {
    if (!event.defaultPrevented && done(event)) event.preventDefault();
  });
}
