// Does something once to each element that matches, now and whenever one is put into the page.

export function appear(selector, enhance) {
  const seen = new WeakSet();
  const look = () => {
    for (const each of document.querySelectorAll(selector)) {
      if (seen.has(each)) continue;
      seen.add(each);
      enhance(each);
    }
  };
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
  look();
}
