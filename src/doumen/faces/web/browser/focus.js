// Focus is never lost to what changes by itself: where htmx takes away what has it, the nearest part
// around it that is still there, or came in its place, gets it.

let around = [];

function within(element) {
  const ids = [];
  for (let at = element; at && at !== document.body; at = at.parentElement) if (at.id) ids.push(at.id);
  return ids;
}

export function focusing() {
  document.addEventListener("htmx:before:swap", () => {
    around = within(document.activeElement);
  });
  document.addEventListener("htmx:after:swap", () => {
    if (document.activeElement && document.activeElement !== document.body) return;
    const next = around.map((id) => document.getElementById(id)).find(Boolean);
    if (!next) return;
    if (next.tabIndex < 0) next.tabIndex = -1;
    next.focus({ preventScroll: true });
  });
}

// <select data-submit>: a filter that is chosen is a filter that is asked for. With keys one passes
// choices on the way to another, so there the form is sent by Enter or by its button.
export function choosing() {
  let keyed = false;
  document.addEventListener("keydown", () => (keyed = true), true);
  document.addEventListener("pointerdown", () => (keyed = false), true);
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]") && !keyed) event.target.form?.requestSubmit();
  });
}
