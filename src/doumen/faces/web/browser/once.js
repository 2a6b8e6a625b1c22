// A form that was sent is not sent again by a second click while its answer is on the way; after a
// while it may be, for the answer may never come, or be a file that leaves the page where it is.

const WHILE = 5000;

export function once() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
    if (Date.now() - Number(form.dataset.sent) < WHILE) event.preventDefault();
    else form.dataset.sent = Date.now();
  });
  // A page that comes back as it was left can be sent again.
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
}
