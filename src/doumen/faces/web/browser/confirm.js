// Asks before what cannot be undone: <form data-confirm="Delete it?"> or a button with that attribute,
// and hx-confirm. The words of the two buttons are data-yes and data-no of <body>.

function asked(question, yes) {
  const words = document.body.dataset;
  const dialog = document.createElement("dialog");
  dialog.className = "card ask";
  dialog.setAttribute("aria-label", question);
  const form = document.createElement("form");
  form.method = "dialog";
  const text = document.createElement("p");
  text.textContent = question;
  const buttons = document.createElement("div");
  buttons.className = "btn-list justify-content-end";
  buttons.append(button(words.no ?? "Cancel", "no", "btn"), button(yes ?? words.yes ?? "OK", "yes", "btn btn-primary"));
  form.append(text, buttons);
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

function button(words, value, look) {
  const made = document.createElement("button");
  made.value = value;
  made.className = look;
  made.textContent = words;
  return made;
}

export function confirming() {
  document.addEventListener("submit", async (event) => {
    const by = event.submitter;
    const from = by?.dataset.confirm ? by : event.target;
    const question = from.dataset.confirm;
    if (!question || event.target.dataset.confirmed !== undefined) {
      delete event.target.dataset.confirmed;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await asked(question, from.dataset.yes)) {
      event.target.dataset.confirmed = "";
      event.target.requestSubmit(by);
    }
  }, true);

  document.addEventListener("htmx:confirm", async (event) => {
    const { ctx, issueRequest, dropRequest } = event.detail;
    event.preventDefault();
    await asked(ctx.confirm, ctx.sourceElement?.dataset.yes) ? issueRequest() : dropRequest();
  });
}
