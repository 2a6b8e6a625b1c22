// <form data-upload data-most="BYTES" data-too-large="…">: tells how much of its file was sent, in the
// progress of its [data-sending] (words: data-reading once all was sent). A file may be dropped on .drop.
// The page that answers is shown as a browser shows it; without script the form does the same by itself.

// Whether the page was changed in place, so that going back is to load what was there.
let moved = false;
const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });

function follow(form, request) {
  const place = form.querySelector("[data-sending]");
  const bar = place.querySelector("progress");
  place.hidden = false;
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.value = loaded / total;
    place.querySelector("data").textContent = percent.format(loaded / total);
  });
  request.upload.addEventListener("load", () => {
    bar.removeAttribute("value");
    place.querySelector("data").textContent = "";
    place.querySelector("label").textContent = place.dataset.reading;
  });
}

function show(request) {
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  history.pushState(null, "", request.responseURL);
  moved = true;
  document.title = page.title;
  document.body.replaceWith(page.body);
  window.htmx?.process(document.body);
  scrollTo(0, 0);
  document.querySelector("main")?.focus({ preventScroll: true });
}

function send(form) {
  const request = new XMLHttpRequest();
  follow(form, request);
  request.addEventListener("load", () => show(request));
  for (const end of ["error", "abort"]) {
    request.addEventListener(end, () => {
      form.querySelector("[data-sending] label").textContent = form.dataset.broken;
      form.querySelector("button.btn-primary").disabled = false;
    });
  }
  form.querySelector("button.btn-primary").disabled = true;
  request.open("POST", form.action);
  request.send(new FormData(form));
}

function check(input) {
  const { most, tooLarge } = input.form.dataset;
  const [file] = input.files;
  input.setCustomValidity(file && most && file.size > Number(most) ? tooLarge : "");
  input.reportValidity();
}

export function uploading() {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-upload]")) return;
    event.preventDefault();
    send(event.target);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("form[data-upload] input[type=file]")) check(event.target);
  });
  document.addEventListener("dragover", (event) => {
    if (event.target.closest?.(".drop")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const input = event.target.closest?.(".drop")?.querySelector("input[type=file]");
    if (!input || !event.dataTransfer.files.length) return;
    event.preventDefault();
    input.files = event.dataTransfer.files;
    check(input);
  });
  addEventListener("popstate", () => {
    if (moved) location.reload();
  });
}
