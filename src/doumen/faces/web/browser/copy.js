// Copies: <button data-copy="text"> or <button data-copy-from="#id">. What is said when it is done is
// data-copied, shown in place of the words of the button for two seconds.

const SHOWN = 2000;

async function put(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Pages that came by plain HTTP from another machine have no clipboard.
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

function text(button) {
  if (button.dataset.copyFrom === undefined) return button.dataset.copy;
  const from = document.querySelector(button.dataset.copyFrom);
  return from.value ?? from.textContent.trim();
}

function say(button) {
  const label = button.querySelector("[data-label]");
  const live = document.createElement("span");
  live.setAttribute("role", "status");
  live.className = label ? "visually-hidden" : "ms-1";
  button.classList.add("copied");
  const before = label?.textContent;
  button.append(live);
  live.textContent = button.dataset.copied ?? "✓";
  if (label) label.textContent = live.textContent;
  setTimeout(() => {
    live.remove();
    button.classList.remove("copied");
    if (label) label.textContent = before;
  }, SHOWN);
}

export function copying() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-copy-from]");
    if (!button || button.classList.contains("copied")) return;
    await put(text(button));
    say(button);
  });
}
