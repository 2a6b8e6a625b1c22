// An editor of SQL over each <textarea data-editor>, which stays what the form sends.
//
// data-names: address of {"dataset": ["column", …]}, for completion. Ctrl+Enter sends the form.
// It stands in a shadow root, since there its styles are adopted; a <style> the policy would refuse.
// Colours are variables of frame.css, so light and dark need no word here.

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { PostgreSQL, sql } from "@codemirror/lang-sql";
import { HighlightStyle, bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { appear } from "./appear.js";

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--code-keyword)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: [tags.lineComment, tags.blockComment], color: "var(--code-comment)", fontStyle: "italic" },
  { tag: [tags.typeName, tags.standard(tags.name)], color: "var(--code-type)" },
]);

const LOOK = EditorView.theme({
  "&": { backgroundColor: "var(--tblr-bg-forms)", color: "var(--tblr-body-color)", fontSize: "0.875rem", maxHeight: "60vh" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--tblr-font-monospace)", lineHeight: "1.6", minHeight: "8rem" },
  ".cm-content": { caretColor: "var(--tblr-body-color)", padding: "0.5rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--tblr-body-color)" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--quiet)", border: "none" },
  ".cm-activeLine": { backgroundColor: "var(--code-line)" },
  ".cm-placeholder": { color: "var(--quiet)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--code-selection)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--code-selection)", outline: "1px solid var(--quiet)" },
  ".cm-tooltip": { backgroundColor: "var(--tblr-bg-surface)", color: "var(--tblr-body-color)", border: "1px solid var(--tblr-border-color)", borderRadius: "4px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--tblr-primary)", color: "#fff" },
});

function name(area) {
  return area.getAttribute("aria-label") ?? area.labels[0]?.textContent.trim() ?? "SQL";
}

function dialect(schema) {
  return sql({ dialect: PostgreSQL, schema, upperCaseKeywords: true });
}

// What is typed over marked text is put in here: the browser itself would keep the look of the old text
// in a style attribute, which the policy refuses.
function typedOver(event, view) {
  const { from, to, empty } = view.state.selection.main;
  const text = event.data;
  if (event.inputType !== "insertText" || !text || empty || view.composing) return false;
  const insert = () => view.state.update(view.state.replaceSelection(text), { userEvent: "input.type", scrollIntoView: true });
  const taken = view.state.facet(EditorView.inputHandler).some((handler) => handler(view, from, to, text, insert));
  if (!taken) view.dispatch(insert());
  event.preventDefault();
  return true;
}

function parts(area, language) {
  const send = () => {
    area.form?.requestSubmit();
    return true;
  };
  return [
    keymap.of([{ key: "Mod-Enter", run: send }]),
    lineNumbers(),
    history(),
    drawSelection(),
    EditorState.allowMultipleSelections.of(true),
    bracketMatching(),
    closeBrackets(),
    autocompletion(),
    highlightActiveLine(),
    syntaxHighlighting(COLOURS),
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap]),
    language.of(dialect({})),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": name(area) }),
    EditorView.domEventHandlers({ beforeinput: typedOver }),
    placeholder(area.placeholder),
    EditorState.readOnly.of(area.readOnly),
    EditorView.updateListener.of((update) => {
      if (!update.docChanged) return;
      area.value = update.state.doc.toString();
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }),
    LOOK,
  ];
}

async function learn(view, language, address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (answer.ok) view.dispatch({ effects: language.reconfigure(dialect(await answer.json())) });
}

function enhance(area) {
  const host = document.createElement("div");
  host.className = "editor";
  const root = host.attachShadow({ mode: "open", delegatesFocus: true });
  area.before(host);
  area.hidden = true;
  area.required = false; // a hidden field that lacks a value would stop the form without a word
  const language = new Compartment();
  const view = new EditorView({ doc: area.value, extensions: parts(area, language), root, parent: root });
  for (const label of area.labels) label.addEventListener("click", () => view.focus());
  area.form?.addEventListener("reset", () => setTimeout(() => {
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: area.value } });
  }));
  if (area.dataset.names) view.contentDOM.addEventListener("focus", () => learn(view, language, area.dataset.names), { once: true });
  if (area.autofocus) view.focus();
}

appear("textarea[data-editor]", enhance);
