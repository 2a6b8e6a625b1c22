// <details class="dropdown">: one open at a time; a click elsewhere or Escape closes it.

function open() {
  return document.querySelectorAll("details.dropdown[open]");
}

export function dropdowns() {
  document.addEventListener("click", (event) => {
    for (const each of open()) if (!each.contains(event.target)) each.open = false;
  });
  document.addEventListener("focusin", (event) => {
    for (const each of open()) if (!each.contains(event.target)) each.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const each of open()) {
      const within = each.contains(document.activeElement);
      each.open = false;
      if (within) each.querySelector("summary").focus();
    }
  });
}
